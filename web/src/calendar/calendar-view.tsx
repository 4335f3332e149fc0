import { Temporal } from "../lib/temporal.ts";
import { useMedia } from "../lib/use-media.ts";
import { SkeletonRows } from "../ui/layout.tsx";
import type { CalendarEntry } from "./calendar-days.ts";
import type { EntryActions } from "./calendar-entry.tsx";
import type { CalendarKind } from "./calendar-toolbar.tsx";
import { ListView } from "./list-view.tsx";
import { calendarText } from "./messages.ts";
import { MonthView } from "./month-view.tsx";
import { WeekHours } from "./week-hours.tsx";
import { WeekView } from "./week-view.tsx";

type ViewProps = {
  view: CalendarKind;
  day: Temporal.PlainDate;
  days: Temporal.PlainDate[];
  today: Temporal.PlainDate;
  zone: string;
  channel: string | undefined;
  entries: Map<string, CalendarEntry[]>;
  /** Not all of what the days hold has come. */
  pending: boolean;
  actions: EntryActions | null;
  dropDay: string | null;
  onWrite: ((day: Temporal.PlainDate, time?: string) => void) | null;
};

/** Wide enough for seven days side by side. */
const wide = "(width >= 40rem)";

/** The days as they are to be looked at. */
export function CalendarView({ view, day, channel, zone, pending, ...shown }: ViewProps) {
  const isWide = useMedia(wide);
  const { today, onWrite } = shown;
  // A grid keeps its size while it fills; a list has none before it is whole.
  if (pending && (!isWide || view === "list")) return <SkeletonRows rows={8} label={calendarText.loading} />;
  // A time that has passed is no time for a post.
  const write = onWrite
    ? (on: Temporal.PlainDate, time?: string) =>
        Temporal.PlainDate.compare(on, today) < 0 ? undefined : onWrite(on, time)
    : null;
  // Each span of days is opened anew, at its own place.
  const key = `${view} ${shown.days[0]?.toString()}`;
  if (view === "list") return <ListView key={key} {...shown} onWrite={write} />;
  if (view === "month") {
    return <MonthView key={key} {...shown} onWrite={write} month={day.month} channel={channel} />;
  }
  // Once more when its posts have come, whose first hour it shows.
  const filled = shown.entries.size > 0 ? "filled" : "empty";
  if (isWide) return <WeekHours key={`${key} ${filled}`} {...shown} onWrite={write} zone={zone} />;
  return <WeekView {...shown} onWrite={write} />;
}
