import {
  CubeIcon,
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
  instagram: "bg-[#b8327a] text-white",
};

function Butterfly({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="currentColor" className={className}>
      <path d="M6.3 4.8C8.6 6.5 11 10 12 11.8c1-1.8 3.4-5.3 5.7-7C19.3 3.5 22 2.6 22 5.6c0 .6-.3 5-.5 5.8-.7 2.5-3.2 3.1-5.4 2.7 3.9.7 4.9 2.9 2.8 5.1-4.1 4.2-5.9-1.1-6.3-2.4-.1-.3-.2-.4-.6-.4s-.5.1-.6.4c-.4 1.3-2.2 6.6-6.3 2.4-2.1-2.2-1.1-4.4 2.8-5.1-2.2.4-4.7-.2-5.4-2.7C2.3 10.6 2 6.2 2 5.6c0-3 2.7-2.1 4.3-.8z" />
    </svg>
  );
}

const glyphs: Record<string, ComponentType<{ className?: string }>> = {
  email: EnvelopeClosedIcon,
  bluesky: Butterfly,
  linkedin: LinkedInLogoIcon,
  instagram: InstagramLogoIcon,
  site: GlobeIcon,
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
