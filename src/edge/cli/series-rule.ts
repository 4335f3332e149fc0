import { z } from "zod";
import { CliFailure } from "./exit.ts";

/** From Monday, which is day 1. */
export const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const places: Record<string, number> = {
  first: 1,
  "1st": 1,
  second: 2,
  "2nd": 2,
  third: 3,
  "3rd": 3,
  fourth: 4,
  "4th": 4,
  fifth: 5,
  "5th": 5,
  last: -1,
};

const optionsSchema = z.object({
  every: z.string(),
  on: z.string().optional(),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "--at takes a wall time such as 09:00."),
  zone: z.string().optional(),
  from: z.iso.date("--from takes a date such as 2027-05-01.").optional(),
  until: z.iso.date("--until takes a date such as 2027-05-01.").optional(),
  count: z.coerce.number("--count takes a number.").int().positive("--count takes a number.").optional(),
  rule: z.enum(["compatible", "earlier", "later"], "--rule is compatible, earlier or later.").optional(),
  ahead: z.coerce.number("--ahead takes a number.").int().positive("--ahead takes a number.").optional(),
});

/** The rule of a series as the API takes it, from the flags of `series create`; what is left out is the server's to say. */
export function ruleOf(options: unknown) {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw usage(parsed.error.issues[0]?.message ?? "Wrong options.");
  const { every, on, at, zone, from, until, count, rule, ahead } = parsed.data;
  if (until !== undefined && count !== undefined) throw usage("Name --until or --count, not both.");
  return {
    repeat: repeatOf(every, on?.toLowerCase()),
    time: at,
    ...(zone === undefined ? {} : { zone }),
    ...(from === undefined ? {} : { startsOn: from }),
    ...(rule === undefined ? {} : { clock: rule }),
    ...(ahead === undefined ? {} : { ahead }),
    end: until ? { kind: "until", date: until } : count ? { kind: "count", count } : { kind: "never" },
  };
}

function repeatOf(every: string, on: string | undefined) {
  const [, number = "1", span] = /^(?:(\d{1,3})[- ])?(day|week|month)s?$/.exec(every) ?? [];
  const interval = Number(number);
  if (span === "day") {
    if (on !== undefined) throw usage("Every day has no --on.");
    return { every: "day", interval };
  }
  if (span === "week") return { every: "week", interval, weekdays: weekdaysOf(on) };
  if (span === "month") return { every: "month", interval, on: dayOfMonth(on) };
  throw usage("--every is day, week or month, or a number of them such as 2-weeks.");
}

/** Days of the week as numbers from 1. Throws for what names none. */
export function weekdaysOf(on: string | undefined): number[] {
  const days = (on ?? "").split(",").map(weekdayOf);
  const known = days.flatMap((day) => (day === null ? [] : [day]));
  if (known.length === days.length) return [...new Set(known)].toSorted((left, right) => left - right);
  throw usage("--on takes days of the week, such as mon,thu.");
}

/** ISO 8601: Monday is 1. */
function weekdayOf(name: string): number | null {
  const index = dayNames.indexOf(name.trim().slice(0, 3));
  return index === -1 ? null : index + 1;
}

function dayOfMonth(on: string | undefined) {
  if (on === "last") return { kind: "last_day" };
  if (on !== undefined && /^\d{1,2}$/.test(on)) return { kind: "day", day: Number(on) };
  const [place = "", name = ""] = (on ?? "").split(/[- ]/);
  const [nth, weekday] = [places[place], weekdayOf(name)];
  if (nth !== undefined && weekday !== null) return { kind: "weekday", weekday, nth };
  throw usage("Every month needs --on with a day such as 15, last, first-mon or last-fri.");
}

/** As an ISO date. */
export function todayIn(zone: string, now = new Date()): string {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(now);
  } catch {
    throw usage(`"${zone}" is no time zone; name one such as Europe/Berlin.`);
  }
}

function usage(message: string): CliFailure {
  return new CliFailure("usage", message);
}
