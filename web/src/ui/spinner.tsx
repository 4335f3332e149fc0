import { cn } from "../lib/cn.ts";

/** Decoration: whatever it stands in says "busy" to assistive technology itself. */
export function Spinner({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "inline-block size-3.5 animate-spin rounded-full border-2 border-current border-e-transparent opacity-70",
        className,
      )}
    />
  );
}
