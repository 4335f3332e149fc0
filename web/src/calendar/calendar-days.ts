import { Temporal } from "temporal-polyfill";
import type { PostSummary } from "../api/types.ts";

/** Days of a month with the full weeks around it, Monday first (ISO 8601). */
export function monthDays(day: Temporal.PlainDate): Temporal.PlainDate[] {
  const first = day.with({ day: 1 });
  const start = first.subtract({ days: first.dayOfWeek - 1 });
  const last = first.add({ months: 1 }).subtract({ days: 1 });
  const weeks = Math.ceil((start.until(last).days + 1) / 7);
  return Array.from({ length: weeks * 7 }, (_day, index) => start.add({ days: index }));
}

export function weekDays(day: Temporal.PlainDate): Temporal.PlainDate[] {
  const start = day.subtract({ days: day.dayOfWeek - 1 });
  return Array.from({ length: 7 }, (_day, index) => start.add({ days: index }));
}

export type CalendarEntry = { post: PostSummary; wall: Temporal.PlainDateTime };

/** Scheduled posts by day of the workspace's zone: what people there read on the wall. */
export function entriesByDay(posts: PostSummary[], zone: string): Map<string, CalendarEntry[]> {
  const days = new Map<string, CalendarEntry[]>();
  for (const post of posts) {
    if (!post.scheduled) continue;
    const wall = Temporal.Instant.from(post.scheduled.at).toZonedDateTimeISO(zone).toPlainDateTime();
    const key = wall.toPlainDate().toString();
    days.set(key, [...(days.get(key) ?? []), { post, wall }]);
  }
  for (const entries of days.values()) {
    entries.sort((left, right) => Temporal.PlainDateTime.compare(left.wall, right.wall));
  }
  return days;
}

/** The instants between which these days lie in a zone; the end is exclusive. */
export function spanOf(days: Temporal.PlainDate[], zone: string): { from: string; to: string } {
  const first = days[0] ?? Temporal.Now.plainDateISO(zone);
  const last = days.at(-1) ?? first;
  return {
    from: first.toZonedDateTime(zone).toInstant().toString(),
    to: last.add({ days: 1 }).toZonedDateTime(zone).toInstant().toString(),
  };
}
