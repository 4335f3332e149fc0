import { RRuleTemporal } from "rrule-temporal";
import { Temporal } from "temporal-polyfill";
import type { Problem } from "#kit";
import { DeskError } from "../model/errors.ts";
import { previewSchedule } from "../model/schedule.ts";
import { type SeriesRule, longestCount } from "./rule.schema.ts";

/** One date of a series: the instant, and whether clocks change around it. */
export type Moment = {
  /** "2026-12-01", on the wall of the rule's zone. */
  date: string;
  wall: string;
  at: Date;
  clock: "ordinary" | "gap" | "overlap";
};

const days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;

/**
 * What is wrong with a rule that is well-formed, in words for a person.
 *
 * @throws DeskError `desk.schedule_zone` for what is no time zone
 */
export function ruleProblems(rule: SeriesRule): Problem[] {
  momentOf(rule, rule.startsOn);
  const { end, repeat } = rule;
  if (end.kind === "until" && end.date < rule.startsOn) {
    return [
      {
        path: "/rule/end/date",
        code: "desk.series_end_before_start",
        message: `The series ends on ${end.date}, before it starts on ${rule.startsOn}.`,
      },
    ];
  }
  if (end.kind === "count" && end.count > longestCount) {
    return [
      {
        path: "/rule/end/count",
        code: "desk.series_too_long",
        message: `A series may count to ${longestCount} occurrences; leave the end open, or end it on a date.`,
      },
    ];
  }
  if (repeat.every === "month" && repeat.on.kind === "weekday" && repeat.on.nth === 0) {
    return [
      { path: "/rule/repeat/on/nth", code: "desk.series_nth", message: "Choose 1 to 5, or -1 for the last." },
    ];
  }
  if (datesOf(rule, rule.startsOn, lastDate(rule), 1).length === 0) {
    return [
      {
        path: "/rule/repeat",
        code: "desk.series_no_date",
        message: "No date fits this rule before its end; choose a later end or other days.",
      },
    ];
  }
  return [];
}

/** Throws `desk.series_rule` with the problems of a rule, if it has any. */
export function assertRule(rule: SeriesRule): void {
  const problems = ruleProblems(rule);
  const [first] = problems;
  if (!first) return;
  throw new DeskError({ code: "desk.series_rule", kind: "unprocessable", message: first.message, problems });
}

/**
 * The dates of a rule from `from` to `to`, both included, at most `limit`. Dates alone are expanded, in UTC:
 * RFC 5545 leaves out a local time that a clock change skips, and a post would be lost silently.
 */
export function datesOf(rule: SeriesRule, from: string, to: string, limit: number): string[] {
  if (from > to || limit < 1) return [];
  const expanded = expansion(rule);
  const found: string[] = [];
  let cursor = noon(from < rule.startsOn ? rule.startsOn : from);
  const last = noon(to).epochMilliseconds;
  for (let next = expanded.next(cursor, true); next !== null && found.length < limit;) {
    if (next.epochMilliseconds > last) break;
    found.push(next.toPlainDate().toString());
    cursor = next;
    next = expanded.next(cursor, false);
  }
  return found;
}

/** What a date of the rule is as an instant. */
export function momentOf(rule: SeriesRule, date: string): Moment {
  const wall = `${date}T${rule.time}`;
  const preview = previewSchedule(wall, rule.zone);
  const at = preview.choices.find((choice) => choice.rule === rule.clock)?.at ?? preview.at;
  return { date, wall, at, clock: preview.kind };
}

/** The next moments after `now`, at most `limit`. */
export function momentsAfter(rule: SeriesRule, now: Date, limit: number): Moment[] {
  // Where a clock change skips a day, a moment may lie on the day after its date.
  const from = Temporal.PlainDate.from(localDate(now, rule.zone)).subtract({ days: 1 }).toString();
  return datesOf(rule, from, lastDate(rule), limit + 2)
    .map((date) => momentOf(rule, date))
    .filter(({ at }) => at > now)
    .slice(0, limit);
}

/** The date on the wall of a zone. */
export function localDate(at: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString();
}

export function dayAfter(date: string): string {
  return Temporal.PlainDate.from(date).add({ days: 1 }).toString();
}

/** A rule is looked at for a hundred years: what has no date by then has none. */
function lastDate(rule: SeriesRule): string {
  if (rule.end.kind === "until") return rule.end.date;
  return Temporal.PlainDate.from(rule.startsOn).add({ years: 100 }).toString();
}

function expansion(rule: SeriesRule) {
  const { repeat, end } = rule;
  return new RRuleTemporal({
    dtstart: noon(rule.startsOn),
    temporal: Temporal,
    wkst: "MO",
    interval: repeat.interval,
    ...partsOf(repeat),
    // Always with an end: a rule that fits no date would be searched for ever.
    until: noon(lastDate(rule)),
    ...(end.kind === "count" ? { count: end.count } : {}),
  });
}

function partsOf(repeat: SeriesRule["repeat"]) {
  if (repeat.every === "day") return { freq: "DAILY" as const };
  if (repeat.every === "week") {
    return { freq: "WEEKLY" as const, byDay: repeat.weekdays.map((day) => days[day - 1] ?? "MO") };
  }
  const freq = "MONTHLY" as const;
  const { on } = repeat;
  if (on.kind === "day") return { freq, byMonthDay: [on.day] };
  if (on.kind === "last_day") return { freq, byMonthDay: [-1] };
  return { freq, byDay: [`${on.nth}${days[on.weekday - 1] ?? "MO"}`] };
}

function noon(date: string): Temporal.ZonedDateTime {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: "UTC", plainTime: "12:00" });
}
