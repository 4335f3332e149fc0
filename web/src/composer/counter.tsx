import type { PartCheck } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { formatNumber } from "../lib/format.ts";
import { composerText } from "./messages.ts";

/** How much of the limit is used, in the platform's own unit: a ring, and words for those who can't see it. */
export function Counter({ check }: { check: PartCheck | undefined }) {
  if (!check) return <span className="h-4" />;
  const left = check.limit - check.length;
  const share = Math.min(1, check.length / check.limit);
  const tone = left < 0 ? "text-bad" : left < check.limit * 0.1 ? "text-warn" : "text-accent";
  const circumference = 2 * Math.PI * 6;
  return (
    <span className="tabular inline-flex items-center gap-1.5 text-xs text-faint">
      <svg viewBox="0 0 16 16" aria-hidden="true" className={cn("size-4 -rotate-90", tone)}>
        <circle cx="8" cy="8" r="6" fill="none" strokeWidth="2" className="stroke-line-strong" />
        <circle
          cx="8"
          cy="8"
          r="6"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeDasharray={`${share * circumference} ${circumference}`}
        />
      </svg>
      {left < 0 ? (
        <span className="font-semibold text-bad-ink">{composerText.over(-left)}</span>
      ) : (
        <span aria-label={composerText.left(formatNumber(left), check.unit)} role="img">
          {formatNumber(check.length)} / {formatNumber(check.limit)}
        </span>
      )}
    </span>
  );
}
