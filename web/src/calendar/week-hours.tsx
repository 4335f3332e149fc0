import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { cn } from "../lib/cn.ts";
import { formatDay, formatHour } from "../lib/format.ts";
import { Temporal } from "../lib/temporal.ts";
import type { CalendarEntry as Entry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import { DayButton } from "./day-button.tsx";
import { DayEntries } from "./day-entries.tsx";
import { type HourKind, changedHours, hours } from "./hours.ts";
import { calendarText } from "./messages.ts";

type WeekProps = {
  days: Temporal.PlainDate[];
  zone: string;
  entries: Map<string, Entry[]>;
  actions: EntryActions | null;
  /** The day under what is dragged. */
  dropDay: string | null;
  /** Null for who may not write. */
  onWrite: ((day: Temporal.PlainDate, time?: string) => void) | null;
};

/** The wall time of now, each half minute anew. */
function useNow(zone: string): Temporal.PlainDateTime {
  const [now, setNow] = useState(() => Temporal.Now.plainDateTimeISO(zone));
  useEffect(() => {
    const timer = setInterval(() => setNow(Temporal.Now.plainDateTimeISO(zone)), 30_000);
    return () => clearInterval(timer);
  }, [zone]);
  return now;
}

/**
 * A week by the hours on the wall. An hour grows with what it holds, since posts have a moment and no length; where
 * clocks change, the hour that is missing or comes twice says so.
 */
export function WeekHours({ days, zone, entries, actions, dropDay, onWrite }: WeekProps) {
  const now = useNow(zone);
  const today = now.toPlainDate().toString();
  const changed = useMemo(
    () => new Map(days.map((day) => [day.toString(), changedHours(day, zone)])),
    [days, zone],
  );
  const scrolled = useRef<HTMLDivElement>(null);
  const firstHour = days.some((day) => day.toString() === today)
    ? Math.max(0, now.hour - 1)
    : Math.min(7, ...[...entries.values()].flat().map(({ wall }) => wall.hour));
  const showFirst = useEffectEvent(() => {
    const box = scrolled.current;
    const row = box?.querySelector(`[data-row="${firstHour}"]`);
    if (box && row instanceof HTMLElement) box.scrollTop = row.offsetTop - 44;
  });
  // When the week is opened, and not again: the hour that passes does not take the page away.
  useEffect(() => showFirst(), []);

  return (
    <div
      ref={scrolled}
      // It scrolls by keys.
      {...{ tabIndex: 0 }}
      role="region"
      aria-label={calendarText.hours}
      className="relative max-h-[calc(100dvh-16rem)] min-h-80 overflow-y-auto -outline-offset-2"
    >
      <table className="w-full table-fixed border-collapse">
        <thead>
          <tr>
            <th scope="col" className="sticky top-0 z-20 w-16 border-b border-line bg-surface">
              <span className="sr-only">{calendarText.hour}</span>
            </th>
            {days.map((day) => (
              <th
                key={day.toString()}
                scope="col"
                {...(day.toString() === today ? { "aria-current": "date" as const } : {})}
                className="sticky top-0 z-20 border-b border-s border-line bg-surface px-2 py-2 text-start text-sm font-normal"
              >
                <span className="text-faint">{formatDay(day, { weekday: "short" })}</span>{" "}
                <DayButton day={day} today={day.toString() === today} outside={false} onWrite={onWrite} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours.map((hour) => (
            <tr key={hour} data-row={hour}>
              <th scope="row" className="px-2 pt-1 text-end align-top text-2xs font-normal text-faint">
                <span className="tabular whitespace-nowrap">{formatHour(hour)}</span>
              </th>
              {days.map((day) => {
                const key = day.toString();
                return (
                  <Hour
                    key={key}
                    day={day}
                    hour={hour}
                    kind={changed.get(key)?.get(hour) ?? null}
                    minute={key === today && hour === now.hour ? now.minute : null}
                    entries={(entries.get(key) ?? []).filter(({ wall }) => wall.hour === hour)}
                    actions={actions}
                    target={dropDay === key}
                    onWrite={onWrite}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type HourProps = {
  day: Temporal.PlainDate;
  hour: number;
  kind: HourKind | null;
  /** How much of this hour has passed, where it is now. */
  minute: number | null;
  entries: Entry[];
  actions: EntryActions | null;
  target: boolean;
  onWrite: WeekProps["onWrite"];
};

function Hour({ day, hour, kind, minute, entries, actions, target, onWrite }: HourProps) {
  const time = `${String(hour).padStart(2, "0")}:00`;
  return (
    // The day's own button does the same from the keyboard.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <td
      data-day={day.toString()}
      data-hour={hour}
      onClick={(event) => {
        if (event.target === event.currentTarget && kind !== "skipped") onWrite?.(day, time);
      }}
      className={cn(
        "relative h-11 border-t border-s border-line p-1 align-top",
        onWrite && kind !== "skipped" && "hover:bg-fill/50",
        target && "bg-accent-soft",
        kind === "skipped" && "bg-fill-strong/60",
      )}
    >
      {kind ? <p className="px-1 text-2xs text-dim">{calendarText.clocks[kind]}</p> : null}
      {entries.length > 0 ? (
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-1">
          <DayEntries entries={entries} actions={actions} />
        </ul>
      ) : null}
      {minute === null ? null : (
        <span
          data-now
          className="pointer-events-none absolute inset-x-0 z-10 h-0.5 bg-bad"
          style={{ top: `${(minute / 60) * 100}%` }}
        >
          <span className="sr-only">{calendarText.now}</span>
        </span>
      )}
    </td>
  );
}
