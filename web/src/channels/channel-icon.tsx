import {
  CubeIcon,
  PaperPlaneIcon,
  EnvelopeClosedIcon,
  GlobeIcon,
  InstagramLogoIcon,
  LinkedInLogoIcon,
} from "@radix-ui/react-icons";
import type { ComponentType } from "react";
import { cn } from "../lib/cn.ts";

const colours: Record<string, string> = {
  sandbox: "bg-[#6d5bd0] text-white",
  email: "bg-[#0f766e] text-white",
  bluesky: "bg-[#0a6cd6] text-white",
  linkedin: "bg-[#0a66c2] text-white",
  "linkedin-page": "bg-[#0a66c2] text-white",
  instagram: "bg-[#b8327a] text-white",
  // Black on a dark page needs an edge.
  x: "bg-black text-white ring-1 ring-white/20",
  facebook: "bg-[#0866ff] text-white",
  site: "bg-[#8a3b12] text-white",
  telegram: "bg-[#1c7fb8] text-white",
  mastodon: "bg-[#563acc] text-white",
};

function Butterfly({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="currentColor" className={className}>
      <path d="M6.3 4.8C8.6 6.5 11 10 12 11.8c1-1.8 3.4-5.3 5.7-7C19.3 3.5 22 2.6 22 5.6c0 .6-.3 5-.5 5.8-.7 2.5-3.2 3.1-5.4 2.7 3.9.7 4.9 2.9 2.8 5.1-4.1 4.2-5.9-1.1-6.3-2.4-.1-.3-.2-.4-.6-.4s-.5.1-.6.4c-.4 1.3-2.2 6.6-6.3 2.4-2.1-2.2-1.1-4.4 2.8-5.1-2.2.4-4.7-.2-5.4-2.7C2.3 10.6 2 6.2 2 5.6c0-3 2.7-2.1 4.3-.8z" />
    </svg>
  );
}

function CrossedStrokes({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" className={className}>
      <path strokeWidth="2.2" strokeLinejoin="round" d="M3.5 3.5h4l13 17h-4z" />
      <path strokeWidth="2.4" strokeLinecap="round" d="M4 20.2 10.6 13M13.6 9.9 19.6 3.8" />
    </svg>
  );
}

function LetterF({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="currentColor" className={className}>
      <path d="M13.6 22v-8.6h2.9l.5-3.7h-3.4V7.4c0-1.1.4-1.8 1.9-1.8h1.7V2.3C16.8 2.2 15.9 2 14.8 2c-2.8 0-4.7 1.7-4.7 4.9v2.8H7v3.7h3.1V22z" />
    </svg>
  );
}

function LetterM({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" className={className}>
      <path
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M5 19V9.5a3.5 3.5 0 0 1 7 0V14M12 9.5a3.5 3.5 0 0 1 7 0V19"
      />
    </svg>
  );
}

const glyphs: Record<string, ComponentType<{ className?: string }>> = {
  email: EnvelopeClosedIcon,
  bluesky: Butterfly,
  linkedin: LinkedInLogoIcon,
  "linkedin-page": LinkedInLogoIcon,
  instagram: InstagramLogoIcon,
  facebook: LetterF,
  site: GlobeIcon,
  mastodon: LetterM,
  telegram: PaperPlaneIcon,
  x: CrossedStrokes,
};

/** The platform's mark; decoration beside its name. */
export function ChannelIcon({ connector, className }: { connector: string; className?: string }) {
  const Glyph = glyphs[connector] ?? CubeIcon;
  return (
    <span
      aria-hidden="true"
      className={cn(
        "inline-flex size-5 shrink-0 items-center justify-center rounded-[28%]",
        colours[connector] ?? "bg-dim text-inverse",
        className,
      )}
    >
      <Glyph className="size-[62%]" />
    </span>
  );
}
