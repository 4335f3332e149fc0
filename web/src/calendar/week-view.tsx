import { Temporal } from "temporal-polyfill";
import { cn } from "../lib/cn.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import { CalendarEntry } from "./calendar-entry.tsx";
import { calendarText } from "./messages.ts";

type WeekProps = { days: Temporal.PlainDate[]; today: Temporal.PlainDate; entries: Map<string, Entry[]> };

/** Seven columns in order of time. A list per day rather than a grid of hours: posts have a moment, not a length. */
export function WeekView({ days, today, entries }: WeekProps) {
  return (
    <ol className="grid sm:grid-cols-7 sm:divide-x sm:divide-line max-sm:divide-y max-sm:divide-line">
      {days.map((day) => {
        const isToday = Temporal.PlainDate.compare(day, today) === 0;
        const own = entries.get(day.toString()) ?? [];
        return (
          <li key={day.toString()} className="min-w-0 sm:min-h-[26rem]">
            <h2
              {...(isToday ? { "aria-current": "date" as const } : {})}
              className="flex items-center gap-2 px-2.5 py-2.5 text-sm sm:border-b sm:border-line"
            >
              <span className="text-faint">{day.toLocaleString(undefined, { weekday: "short" })}</span>
              <span
                className={cn(
                  "tabular inline-flex h-6 min-w-6 items-center justify-center rounded-full px-1 font-semibold",
                  isToday && "bg-ink text-inverse",
                )}
              >
                {day.day}
              </span>
              {own.length > 0 ? <span className="sr-only">{calendarText.posts(own.length)}</span> : null}
            </h2>
            <ul className="grid grid-cols-[minmax(0,1fr)] gap-1.5 p-1.5">
              {own.map(({ post, wall }) => (
                <li key={post.id}>
                  <CalendarEntry post={post} wall={wall} roomy />
                </li>
              ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}
