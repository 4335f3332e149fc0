import { Temporal } from "temporal-polyfill";
import { cn } from "../lib/cn.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import { DayEntries } from "./day-entries.tsx";
import { calendarText } from "./messages.ts";

type WeekProps = {
  days: Temporal.PlainDate[];
  today: Temporal.PlainDate;
  entries: Map<string, Entry[]>;
  actions: EntryActions | null;
  /** The day under what is dragged. */
  dropDay: string | null;
};

/** Seven columns in order of time. A list per day rather than a grid of hours: posts have a moment, not a length. */
export function WeekView({ days, today, entries, actions, dropDay }: WeekProps) {
  return (
    <ol className="grid sm:grid-cols-7 sm:divide-x sm:divide-line max-sm:divide-y max-sm:divide-line">
      {days.map((day) => {
        const isToday = Temporal.PlainDate.compare(day, today) === 0;
        const own = entries.get(day.toString()) ?? [];
        return (
          <li
            key={day.toString()}
            data-day={day.toString()}
            className={cn("min-w-0 sm:min-h-[26rem]", dropDay === day.toString() && "bg-accent-soft")}
          >
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
              <DayEntries entries={own} actions={actions} roomy />
            </ul>
          </li>
        );
      })}
    </ol>
  );
}
