import { z } from "zod";

// Years of four digits, from the first one on: what every database and clock can write down.
const earliest = Date.parse("0001-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

/** Whether this is a time that can be kept: a platform that tells another one has misspoken, and shows no list. */
export function isMoment(ms: number): boolean {
  return ms >= earliest && ms <= latest;
}

/** With an offset, as RFC 3339 or as Meta has it ("+0000"): without one it would be told by this machine's zone. */
const zoned = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/iu;

/** A time of a platform as text. */
export const momentText = z
  .string()
  .refine((text) => zoned.test(text) && isMoment(Date.parse(text)), "not a time");

/** A time of a platform in milliseconds. */
export const momentMs = z.number().refine(isMoment, "not a time");
