import { Temporal } from "temporal-polyfill";
import { DeskError } from "./errors.ts";
import type { Schedule, ScheduleRule } from "./post.ts";

type ScheduleChoice = { rule: ScheduleRule; at: Date; label: string };

/**
 * - `ordinary`: the clock shows this time once; there is one choice.
 * - `gap`: clocks jump over it; `earlier` is before the jump, `later` after it.
 * - `overlap`: clocks show it twice; `earlier` is the first time, `later` the second.
 */
export type SchedulePreview = {
  kind: "ordinary" | "gap" | "overlap";
  /** The instant of an ordinary time; of the others the one that `compatible` (RFC 5545) stands for. */
  at: Date;
  choices: ScheduleChoice[];
};

/**
 * What a wall time means in a zone, with every reading that a person may choose.
 *
 * @param wall "2026-12-01T09:00": ISO 8601 date and time to the minute, without an offset
 * @param zone an IANA name such as "Europe/Berlin"
 * @throws DeskError `desk.schedule_wall` or `desk.schedule_zone` for text that is neither
 */
export function previewSchedule(wall: string, zone: string): SchedulePreview {
  const local = parseWall(wall);
  const earlier = inZone(local, zone, "earlier");
  const later = inZone(local, zone, "later");
  const compatible = inZone(local, zone, "compatible");
  const at = instantOf(compatible);
  if (earlier.epochMilliseconds === later.epochMilliseconds) {
    return { kind: "ordinary", at, choices: [{ rule: "compatible", at, label: readable(compatible) }] };
  }
  const kind = earlier.toPlainDateTime().equals(local) ? "overlap" : "gap";
  const words =
    kind === "overlap"
      ? ["the first of the two times the clock shows it", "the second of the two times the clock shows it"]
      : ["before the clock jumps ahead", "after the clock has jumped ahead"];
  return {
    kind,
    at,
    choices: [
      { rule: "earlier", at: instantOf(earlier), label: `${readable(earlier)}, ${words[0]}` },
      { rule: "later", at: instantOf(later), label: `${readable(later)}, ${words[1]}` },
    ],
  };
}

/**
 * The one instant that a person chose. A time that a clock change skips or repeats needs a rule: which
 * of the two is meant is the person's decision, so without one this throws `desk.schedule_ambiguous`
 * and names both.
 *
 * @throws DeskError also `desk.schedule_past` when the instant is not after `now`
 */
export function resolveSchedule(
  request: { wall: string; zone: string; rule?: ScheduleRule | undefined },
  now: Date,
): Schedule {
  const preview = previewSchedule(request.wall, request.zone);
  if (preview.kind !== "ordinary" && request.rule === undefined) {
    throw new DeskError({
      code: "desk.schedule_ambiguous",
      kind: "unprocessable",
      message:
        preview.kind === "gap"
          ? `Clocks in ${request.zone} jump over ${request.wall}. Choose one of the two readings.`
          : `Clocks in ${request.zone} show ${request.wall} twice. Choose one of the two.`,
      problems: preview.choices.map(({ rule, label }) => ({
        path: "/rule",
        code: `desk.schedule_${rule}`,
        message: `"${rule}": ${label}`,
      })),
    });
  }
  const rule = request.rule ?? "compatible";
  const at = preview.choices.find((choice) => choice.rule === rule)?.at ?? preview.at;
  if (at <= now) {
    throw new DeskError({
      code: "desk.schedule_past",
      kind: "unprocessable",
      message: `${request.wall} in ${request.zone} has passed. Choose a later time, or publish now.`,
      problems: [{ path: "/wall", code: "desk.schedule_past", message: "This time has passed." }],
    });
  }
  return { wall: request.wall, zone: request.zone, rule, at };
}

/** An instant as a schedule in a zone, for what is published now: a calendar then shows it in its place. */
export function scheduleAt(at: Date, zone: string): Schedule {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  return { wall: wallOf(zoned), zone, rule: "compatible", at };
}

function parseWall(wall: string): Temporal.PlainDateTime {
  try {
    if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(wall)) return Temporal.PlainDateTime.from(wall);
  } catch (error) {
    // The pattern fits but the calendar has no such day or hour: 2026-02-30.
    if (!(error instanceof RangeError)) throw error;
  }
  throw new DeskError({
    code: "desk.schedule_wall",
    kind: "unprocessable",
    message: `"${wall}" is not a date and time; write it as 2026-12-01T09:00.`,
    problems: [{ path: "/wall", code: "desk.schedule_wall", message: "Not a date and time." }],
  });
}

function inZone(
  local: Temporal.PlainDateTime,
  zone: string,
  disambiguation: ScheduleRule,
): Temporal.ZonedDateTime {
  try {
    // Offsets such as "+02:00" are time zones to Temporal, but know no daylight saving.
    if (/^[A-Za-z]/.test(zone)) return local.toZonedDateTime(zone, { disambiguation });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new DeskError({
    code: "desk.schedule_zone",
    kind: "unprocessable",
    message: `"${zone}" is not a time zone; use a name such as Europe/Berlin.`,
    problems: [{ path: "/zone", code: "desk.schedule_zone", message: "Not an IANA time zone." }],
  });
}

function instantOf(zoned: Temporal.ZonedDateTime): Date {
  return new Date(zoned.epochMilliseconds);
}

function wallOf(zoned: Temporal.ZonedDateTime): string {
  return zoned.toPlainDateTime().toString({ smallestUnit: "minute" });
}

function readable(zoned: Temporal.ZonedDateTime): string {
  return `${wallOf(zoned).replace("T", " ")} UTC${zoned.offset.replace("-", "−")}`;
}
