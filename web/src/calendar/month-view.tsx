import { Link } from "@tanstack/react-router";
import { Temporal } from "temporal-polyfill";
import { cn } from "../lib/cn.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import { DayEntries } from "./day-entries.tsx";
import { calendarText } from "./messages.ts";

type MonthProps = {
  days: Temporal.PlainDate[];
  month: number;
  today: Temporal.PlainDate;
  entries: Map<string, Entry[]>;
  actions: EntryActions | null;
  /** The day under what is dragged. */
  dropDay: string | null;
};

const perDay = 3;

/** Weeks as rows. On a phone the days that hold something become a list. */
export function MonthView({ days, month, today, entries, actions, dropDay }: MonthProps) {
  const weeks = Array.from({ length: days.length / 7 }, (_week, index) =>
    days.slice(index * 7, index * 7 + 7),
  );
  return (
    <table className="w-full table-fixed border-collapse max-sm:block">
      <thead className="max-sm:hidden">
        <tr>
          {days.slice(0, 7).map((day) => (
            <th
              key={day.dayOfWeek}
              scope="col"
              className="px-2 py-2 text-left text-xs font-medium text-faint"
            >
              {day.toLocaleString(undefined, { weekday: "short" })}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {weeks.map((week) => (
          <tr key={week[0]?.toString()} className="max-sm:block">
            {week.map((day) => (
              <Day
                key={day.toString()}
                day={day}
                outside={day.month !== month}
                today={today}
                entries={entries.get(day.toString()) ?? []}
                actions={actions}
                target={dropDay === day.toString()}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type DayProps = {
  day: Temporal.PlainDate;
  outside: boolean;
  today: Temporal.PlainDate;
  entries: Entry[];
  actions: EntryActions | null;
  target: boolean;
};

function Day({ day, outside, today, entries, actions, target }: DayProps) {
  const isToday = Temporal.PlainDate.compare(day, today) === 0;
  return (
    <td
      data-day={day.toString()}
      className={cn(
        "h-29 border border-line p-1.5 align-top",
        outside && "bg-fill/40",
        target && "bg-accent-soft",
        entries.length === 0 ? "max-sm:hidden" : "max-sm:block max-sm:h-auto max-sm:border-x-0",
      )}
    >
      <p className="mb-1 flex items-center gap-2">
        <time
          dateTime={day.toString()}
          {...(isToday ? { "aria-current": "date" as const } : {})}
          className={cn(
            "tabular inline-flex h-5.5 min-w-5.5 items-center justify-center rounded-full px-1 text-xs font-medium",
            outside ? "text-faint" : "text-dim",
            isToday && "bg-ink text-inverse",
          )}
        >
          {day.day}
        </time>
        <span className="text-xs text-faint sm:hidden">
          {day.toLocaleString(undefined, { weekday: "long" })}
        </span>
      </p>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-1">
        <DayEntries entries={entries.slice(0, perDay)} actions={actions} />
      </ul>
      {entries.length > perDay ? (
        <Link
          to="/calendar"
          search={{ view: "week", date: day.toString() }}
          className="mt-1 block px-1 text-xs font-medium text-dim hover:text-ink"
        >
          {calendarText.more(entries.length - perDay)}
        </Link>
      ) : null}
    </td>
  );
}
