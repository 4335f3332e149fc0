import { cn } from "../lib/cn.ts";
import { initials } from "../lib/initials.ts";

/** Initials; decoration beside a name that is written out or in the label of its parent. */
export function Avatar({ name, className }: { name: string; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-2xs font-semibold text-accent-ink",
        className,
      )}
    >
      {initials(name)}
    </span>
  );
}
