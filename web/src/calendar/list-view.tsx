import { useEffect, useRef } from "react";
import { formatDay } from "../lib/format.ts";
import type { Temporal } from "../lib/temporal.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import { DayButton } from "./day-button.tsx";
import { DayEntries } from "./day-entries.tsx";
import { calendarText } from "./messages.ts";

type ListProps = {
  days: Temporal.PlainDate[];
  today: Temporal.PlainDate;
  entries: Map<string, Entry[]>;
  actions: EntryActions | null;
  onWrite: ((day: Temporal.PlainDate) => void) | null;
};

/** The days that hold something, one below the other, and today. */
export function ListView({ days, today, entries, actions, onWrite }: ListProps) {
  const shown = days.filter((day) => day.equals(today) || (entries.get(day.toString()) ?? []).length > 0);
  const current = useRef<HTMLLIElement>(null);
  // Today in view, when these days are opened.
  useEffect(() => current.current?.scrollIntoView({ block: "start" }), []);
  return (
    <ol aria-label={calendarText.list} className="divide-y divide-line">
      {shown.map((day) => {
        const own = entries.get(day.toString()) ?? [];
        return (
          <li
            key={day.toString()}
            {...(day.equals(today) ? { ref: current } : {})}
            data-day={day.toString()}
            className="grid scroll-mt-4 gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-[9rem_minmax(0,1fr)]"
          >
            <h2 className="flex items-center gap-2 text-sm">
              <DayButton day={day} today={day.equals(today)} outside={false} onWrite={onWrite} />{" "}
              <span className="text-dim">{formatDay(day, { weekday: "long", month: "short" })}</span>
            </h2>
            {own.length > 0 ? (
              <ul className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
                <DayEntries entries={own} actions={actions} roomy />
              </ul>
            ) : (
              <p className="text-sm text-faint">{calendarText.nothingToday}</p>
            )}
          </li>
        );
      })}
    </ol>
  );
}
