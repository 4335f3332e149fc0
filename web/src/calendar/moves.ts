import type { PostSummary, ScheduleRule } from "../api/types.ts";
import { Temporal } from "../lib/temporal.ts";

export type Target = { wall: string; zone: string; rule?: ScheduleRule };

/** The same wall time some days later or earlier, in the post's own zone. */
export function movedBy(post: PostSummary, days: number): Target | null {
  if (!post.scheduled) return null;
  const wall = Temporal.PlainDateTime.from(post.scheduled.wall).add({ days });
  return { wall: wall.toString({ smallestUnit: "minute" }), zone: post.scheduled.zone };
}

/** About when that is: where clocks change the server says exactly, and asks which time is meant. */
export function instantOf({ wall, zone }: Target): Temporal.Instant {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).toInstant();
}

export function isPast(target: Target): boolean {
  return Temporal.Instant.compare(instantOf(target), Temporal.Now.instant()) <= 0;
}

/** The post as a calendar shows it before the server has answered. */
export function withTime(post: PostSummary, target: Target): PostSummary {
  const at = instantOf(target).toString();
  return { ...post, scheduled: { rule: "compatible", ...target, at } };
}
