import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { cn } from "../lib/cn.ts";
import { formatDay } from "../lib/format.ts";
import { Temporal } from "../lib/temporal.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import { DayButton } from "./day-button.tsx";
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
  /** Null for who may not write. */
  onWrite: ((day: Temporal.PlainDate) => void) | null;
  /** The rest of the address, for ways to another view. */
  channel: string | undefined;
};

const perDay = 3;

/** Weeks as rows. On a phone the days that hold something become a list. */
export function MonthView({ days, month, today, entries, actions, dropDay, onWrite, channel }: MonthProps) {
  const weeks = Array.from({ length: days.length / 7 }, (_week, index) =>
    days.slice(index * 7, index * 7 + 7),
  );
  const current = useRef<HTMLTableElement>(null);
  // Today in view, when this month is opened: on a phone its days are a long list.
  useEffect(() => {
    const cell = current.current?.querySelector("[data-today]");
    if (cell instanceof HTMLElement) cell.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <table ref={current} className="w-full table-fixed border-collapse max-sm:block">
      <thead className="max-sm:hidden">
        <tr>
          {days.slice(0, 7).map((day) => (
            <th
              key={day.dayOfWeek}
              scope="col"
              className="px-2 py-2 text-start text-xs font-medium text-faint"
            >
              {formatDay(day, { weekday: "short" })}
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
                onWrite={onWrite && Temporal.PlainDate.compare(day, today) >= 0 ? onWrite : null}
                channel={channel}
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
  onWrite: MonthProps["onWrite"];
  channel: string | undefined;
};

function Day({ day, outside, today, entries, actions, target, onWrite, channel }: DayProps) {
  const isToday = Temporal.PlainDate.compare(day, today) === 0;
  return (
    // The day's own button does the same from the keyboard.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <td
      data-day={day.toString()}
      {...(isToday ? { "data-today": "" } : {})}
      onClick={(event) => {
        if (event.target === event.currentTarget) onWrite?.(day);
      }}
      className={cn(
        "h-29 border border-line p-1.5 align-top",
        outside && "bg-fill/40",
        target && "bg-accent-soft",
        onWrite && "hover:bg-fill/60",
        entries.length === 0 && !isToday ? "max-sm:hidden" : "max-sm:block max-sm:h-auto max-sm:border-x-0",
      )}
    >
      <p className="mb-1 flex items-center gap-2">
        <DayButton day={day} today={isToday} outside={outside} onWrite={onWrite} />{" "}
        <span className="text-xs text-faint sm:hidden">{formatDay(day, { weekday: "long" })}</span>
      </p>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-1">
        <DayEntries entries={entries.slice(0, perDay)} actions={actions} />
      </ul>
      {entries.length > perDay ? (
        <Link
          to="/calendar"
          search={{ view: "week", date: day.toString(), ...(channel ? { channel } : {}) }}
          className="mt-1 block max-sm:py-3 px-1 text-xs font-medium text-dim hover:text-ink"
        >
          {calendarText.more(entries.length - perDay)}
        </Link>
      ) : null}
    </td>
  );
}
