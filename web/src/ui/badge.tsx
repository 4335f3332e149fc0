import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const dots: Record<Tone, string> = {
  neutral: "bg-faint/70",
  accent: "bg-accent",
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
};

const soft: Record<Tone, string> = {
  neutral: "bg-fill text-dim",
  accent: "bg-accent-soft text-accent-ink",
  good: "bg-good-soft text-good-ink",
  warn: "bg-warn-soft text-warn-ink",
  bad: "bg-bad-soft text-bad-ink",
};

/** A state: a coloured dot beside a word, so that colour never carries the meaning alone. */
export function Status({ tone, children, pulse }: { tone: Tone; children: ReactNode; pulse?: boolean }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-xs font-medium text-dim">
      <span aria-hidden="true" className={cn("size-2 rounded-full", dots[tone], pulse && "animate-pulse")} />
      {children}
    </span>
  );
}

export function Badge({
  tone = "neutral",
  children,
  className,
}: {
  tone?: Tone;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-full px-2 text-2xs font-medium",
        soft[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
