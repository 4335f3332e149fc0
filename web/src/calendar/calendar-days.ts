import type { PlannedDate, PostSummary, QueueItem } from "../api/types.ts";
import { formatDay, formatDays } from "../lib/format.ts";
import { Temporal } from "../lib/temporal.ts";

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

/** A post, a date of a series that is not made yet, or a slot of the queue that is free. */
export type CalendarEntry = { wall: Temporal.PlainDateTime; key: string } & (
  | { kind: "post"; post: PostSummary }
  | { kind: "planned"; planned: PlannedDate }
  | { kind: "free"; handles: string[] }
);

export type Shown = { posts: PostSummary[]; planned: PlannedDate[]; slots: QueueItem[] };

/** What concerns one channel; all where none is chosen. */
export function ofChannel(shown: Shown, channelId: string | undefined): Shown {
  if (channelId === undefined) return shown;
  return {
    posts: shown.posts.filter(({ channels }) => channels.some((one) => one.channelId === channelId)),
    planned: shown.planned.filter(({ channels }) => channels.some((one) => one.channelId === channelId)),
    slots: shown.slots.filter((slot) => slot.channelId === channelId),
  };
}

/** What there is by day of the workspace's zone: what people there read on the wall. */
export function entriesByDay(
  { posts, planned, slots }: Shown,
  zone: string,
  handleOf: (channelId: string) => string,
): Map<string, CalendarEntry[]> {
  const days = new Map<string, CalendarEntry[]>();
  function add(at: string, make: (wall: Temporal.PlainDateTime) => CalendarEntry): void {
    const wall = Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime();
    const day = wall.toPlainDate().toString();
    days.set(day, [...(days.get(day) ?? []), make(wall)]);
  }
  for (const post of posts) {
    if (post.scheduled) add(post.scheduled.at, (wall) => ({ kind: "post", post, wall, key: post.id }));
  }
  for (const one of planned) {
    add(one.at, (wall) => ({ kind: "planned", planned: one, wall, key: `${one.seriesId} ${one.date}` }));
  }
  const free = slots.filter(({ post }) => post === null);
  for (const [at, group] of Map.groupBy(free, (slot) => slot.at)) {
    const handles = group.map(({ channelId }) => handleOf(channelId));
    add(at, (wall) => ({ kind: "free", handles, wall, key: `free ${at}` }));
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

/** The month, or the days from which and to which a week goes: it may lie in two months, or in two years. */
export function titleOf(
  view: "month" | "week" | "list",
  day: Temporal.PlainDate,
  days: Temporal.PlainDate[],
): string {
  const [first, last] = [days[0], days.at(-1)];
  if (view === "week" && first && last) return formatDays(first, last);
  return formatDay(day, { month: "long", year: "numeric" });
}
