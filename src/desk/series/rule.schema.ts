import { z } from "zod";
import { scheduleRules } from "../model/post.ts";

/** The most occurrences that a rule may count to, and the most that are made ahead. */
export const longestCount = 1000;
export const farthestAhead = 50;

const interval = z.int().min(1).max(365).default(1);
/** ISO 8601: Monday is 1. */
const weekday = z.int().min(1).max(7);
const date = z.iso.date();

/** Which dates: what RFC 5545 calls FREQ, INTERVAL, BYDAY and BYMONTHDAY. */
const repeat = z.discriminatedUnion("every", [
  z.object({ every: z.literal("day"), interval }),
  z.object({ every: z.literal("week"), interval, weekdays: z.array(weekday).min(1).max(7) }),
  z.object({
    every: z.literal("month"),
    interval,
    on: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("day"), day: z.int().min(1).max(31) }),
      z.object({ kind: z.literal("last_day") }),
      /** `nth` -1 is the last one of the month. */
      z.object({ kind: z.literal("weekday"), weekday, nth: z.int().min(-1).max(5) }),
    ]),
  }),
]);

const end = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("never") }),
  /** The last date that may be one. */
  z.object({ kind: z.literal("until"), date }),
  z.object({ kind: z.literal("count"), count: z.int().min(1).max(100_000_000) }),
]);

/** When a series goes out: dates, and a wall time in a zone. */
export const rule = z.object({
  repeat,
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  zone: z.string().min(1).max(100),
  /** What a time means that a clock change skips or repeats; `compatible` is RFC 5545's choice. */
  clock: z.enum(scheduleRules).default("compatible"),
  startsOn: date,
  end: end.default({ kind: "never" }),
});
export type SeriesRule = z.output<typeof rule>;
