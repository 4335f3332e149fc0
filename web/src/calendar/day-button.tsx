import { cn } from "../lib/cn.ts";
import { formatDay } from "../lib/format.ts";
import type { Temporal } from "../lib/temporal.ts";
import { calendarText } from "./messages.ts";

type DayButtonProps = {
  day: Temporal.PlainDate;
  today: boolean;
  outside: boolean;
  onWrite: ((day: Temporal.PlainDate) => void) | null;
};

/** The number of a day; a button to write a post for it, where one may and the day is still to come. */
export function DayButton({ day, today, outside, onWrite }: DayButtonProps) {
  const look = cn(
    "tabular inline-flex h-5.5 min-w-5.5 items-center justify-center rounded-full px-1 text-xs font-medium",
    outside ? "text-faint" : "text-dim",
    today && "bg-ink text-inverse",
  );
  const number = (
    <time dateTime={day.toString()} {...(today ? { "aria-current": "date" as const } : {})} className={look}>
      {day.day}
    </time>
  );
  if (!onWrite) return number;
  return (
    <button
      type="button"
      aria-label={calendarText.write(formatDay(day, { weekday: "long", day: "numeric", month: "long" }))}
      onClick={() => onWrite(day)}
      className="rounded-full hover:bg-fill-strong"
    >
      {number}
    </button>
  );
}
