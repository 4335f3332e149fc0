import type { Temporal } from "../lib/temporal.ts";

/** What clocks do with an hour of a day: most days have each hour once. */
export type HourKind = "skipped" | "twice";

/** The hours of a day that a change of clocks skips or repeats, by the hour on the wall; mostly none. */
export function changedHours(day: Temporal.PlainDate, zone: string): Map<number, HourKind> {
  const changed = new Map<number, HourKind>();
  if (day.toZonedDateTime(zone).hoursInDay === 24) return changed;
  for (let hour = 0; hour < 24; hour += 1) {
    // In the middle, so that a change of half an hour is seen as well.
    const wall = day.toPlainDateTime({ hour, minute: 30 });
    const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
    const later = wall.toZonedDateTime(zone, { disambiguation: "later" });
    if (earlier.epochMilliseconds === later.epochMilliseconds) continue;
    changed.set(hour, earlier.toPlainDateTime().equals(wall) ? "twice" : "skipped");
  }
  return changed;
}

/** Hours of a day as clocks show them. */
export const hours = Array.from({ length: 24 }, (_hour, index) => index);
