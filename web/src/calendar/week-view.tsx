import { cn } from "../lib/cn.ts";
import { formatDay } from "../lib/format.ts";
import { Temporal } from "../lib/temporal.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import { DayButton } from "./day-button.tsx";
import { DayEntries } from "./day-entries.tsx";
import { calendarText } from "./messages.ts";

type WeekProps = {
  days: Temporal.PlainDate[];
  today: Temporal.PlainDate;
  entries: Map<string, Entry[]>;
  actions: EntryActions | null;
  /** The day under what is dragged. */
  dropDay: string | null;
  onWrite: ((day: Temporal.PlainDate) => void) | null;
};

/** A week on a phone, too narrow for hours: its days one below the other, each in order of time. */
export function WeekView({ days, today, entries, actions, dropDay, onWrite }: WeekProps) {
  return (
    <ol className="grid divide-y divide-line">
      {days.map((day) => {
        const isToday = Temporal.PlainDate.compare(day, today) === 0;
        const own = entries.get(day.toString()) ?? [];
        return (
          <li
            key={day.toString()}
            data-day={day.toString()}
            className={cn("min-w-0", dropDay === day.toString() && "bg-accent-soft")}
          >
            <h2
              {...(isToday ? { "aria-current": "date" as const } : {})}
              className="flex items-center gap-2 px-2.5 py-2.5 text-sm"
            >
              <span className="text-faint">{formatDay(day, { weekday: "short" })}</span>
              <DayButton
                day={day}
                today={isToday}
                outside={false}
                onWrite={Temporal.PlainDate.compare(day, today) >= 0 ? onWrite : null}
              />{" "}
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
