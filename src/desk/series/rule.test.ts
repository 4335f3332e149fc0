import { describe, expect, test } from "vitest";
import { ruleWords } from "./rule-words.ts";
import { type SeriesRule, rule as schema } from "./rule.schema.ts";
import { datesOf, momentOf, momentsAfter, ruleProblems } from "./rule.ts";

function rule(repeat: SeriesRule["repeat"], rest: Partial<SeriesRule> = {}): SeriesRule {
  return {
    repeat,
    time: "09:00",
    zone: "Europe/Berlin",
    clock: "compatible",
    startsOn: "2026-01-07",
    end: { kind: "never" },
    ...rest,
  };
}
const monthly = (on: Extract<SeriesRule["repeat"], { every: "month" }>["on"]) =>
  rule({ every: "month", interval: 1, on });
const daily = { every: "day" as const, interval: 1 };

describe("the dates of a rule", () => {
  test("of days, and of several weekdays every other week from Monday on", () => {
    expect(datesOf(rule({ every: "day", interval: 3 }), "2026-01-01", "2026-01-31", 4)).toEqual([
      "2026-01-07",
      "2026-01-10",
      "2026-01-13",
      "2026-01-16",
    ]);
    const fortnightly = rule({ every: "week", interval: 2, weekdays: [1, 4] });
    expect(datesOf(fortnightly, "2026-01-01", "2036-01-01", 4)).toEqual([
      "2026-01-08",
      "2026-01-19",
      "2026-01-22",
      "2026-02-02",
    ]);
  });

  test("of months: a day that not every month has, the last day, the nth weekday", () => {
    expect(datesOf(monthly({ kind: "day", day: 31 }), "2026-01-01", "2026-12-31", 12)).toEqual([
      "2026-01-31",
      "2026-03-31",
      "2026-05-31",
      "2026-07-31",
      "2026-08-31",
      "2026-10-31",
      "2026-12-31",
    ]);
    expect(datesOf(monthly({ kind: "last_day" }), "2028-02-01", "2028-04-30", 9)).toEqual([
      "2028-02-29",
      "2028-03-31",
      "2028-04-30",
    ]);
    expect(datesOf(monthly({ kind: "weekday", weekday: 2, nth: 2 }), "2026-02-01", "2026-03-31", 9)).toEqual([
      "2026-02-10",
      "2026-03-10",
    ]);
    expect(datesOf(monthly({ kind: "weekday", weekday: 5, nth: -1 }), "2026-02-01", "2026-03-31", 9)).toEqual(
      ["2026-02-27", "2026-03-27"],
    );
    expect(datesOf(monthly({ kind: "weekday", weekday: 2, nth: 5 }), "2026-01-01", "2026-07-01", 9)).toEqual([
      "2026-03-31",
      "2026-06-30",
    ]);
  });

  test("end on a date that is included, or after a count from the start", () => {
    const until = rule(daily, { end: { kind: "until", date: "2026-01-09" } });
    expect(datesOf(until, "2026-01-01", "2026-12-31", 99)).toEqual([
      "2026-01-07",
      "2026-01-08",
      "2026-01-09",
    ]);
    const counted = rule({ every: "week", interval: 1, weekdays: [2] }, { end: { kind: "count", count: 3 } });
    expect(datesOf(counted, "2026-01-14", "2036-12-31", 99)).toEqual(["2026-01-20", "2026-01-27"]);
  });
});

describe("moments", () => {
  test("keep the wall time across the change of clocks", () => {
    const [before, after] = momentsAfter(rule(daily), new Date("2026-03-28T07:00:00Z"), 2);
    expect([before?.at.toISOString(), after?.at.toISOString()]).toEqual([
      "2026-03-28T08:00:00.000Z",
      "2026-03-29T07:00:00.000Z",
    ]);
  });

  test("that clocks skip or repeat follow the rule's choice, and none is lost", () => {
    const skipped = rule(daily, { time: "02:30" });
    expect(momentOf(skipped, "2026-03-29")).toMatchObject({
      clock: "gap",
      at: new Date("2026-03-29T01:30:00Z"),
    });
    expect(momentOf({ ...skipped, clock: "earlier" }, "2026-03-29").at).toEqual(
      new Date("2026-03-29T00:30:00Z"),
    );
    expect(momentOf(skipped, "2026-10-25")).toMatchObject({
      clock: "overlap",
      at: new Date("2026-10-25T00:30:00Z"),
    });
    expect(momentOf({ ...skipped, clock: "later" }, "2026-10-25").at).toEqual(
      new Date("2026-10-25T01:30:00Z"),
    );
    const span = momentsAfter(skipped, new Date("2026-03-27T12:00:00Z"), 3).map(({ date }) => date);
    expect(span).toEqual(["2026-03-28", "2026-03-29", "2026-03-30"]);
  });
});

describe("a rule is refused", () => {
  test.each([
    [
      "an end before the start",
      rule(daily, { end: { kind: "until", date: "2025-12-31" } }),
      "end_before_start",
    ],
    ["100,000 occurrences", rule(daily, { end: { kind: "count", count: 100_000 } }), "too_long"],
    [
      "no date before the end",
      { ...monthly({ kind: "day", day: 5 }), end: { kind: "until" as const, date: "2026-01-31" } },
      "no_date",
    ],
    [
      "no date ever",
      {
        ...monthly({ kind: "day", day: 31 }),
        repeat: { every: "month" as const, interval: 12, on: { kind: "day" as const, day: 31 } },
        startsOn: "2026-02-01",
      },
      "no_date",
    ],
    ["the 0th weekday", monthly({ kind: "weekday", weekday: 1, nth: 0 }), "nth"],
  ])("for %s", (_name, wrong, code) => {
    expect(ruleProblems(wrong).map((problem) => problem.code)).toEqual([`desk.series_${code}`]);
  });

  test("for a zone that is none, and for shapes that are none", () => {
    expect(() => ruleProblems(rule(daily, { zone: "+02:00" }))).toThrow("is not a time zone");
    expect(schema.safeParse({ ...rule(daily), time: "9:00" }).success).toBe(false);
    expect(schema.safeParse({ ...rule(daily), startsOn: "2026-02-30" }).success).toBe(false);
    expect(schema.safeParse(rule({ every: "week", interval: 1, weekdays: [] })).success).toBe(false);
  });
});

test("a rule can be read as a sentence", () => {
  expect(ruleWords(rule({ every: "week", interval: 1, weekdays: [2] }))).toBe(
    "Every Tuesday at 09:00 (Europe/Berlin), from 2026-01-07 on",
  );
  expect(
    ruleWords(
      rule({ every: "week", interval: 2, weekdays: [5, 1, 3] }, { end: { kind: "count", count: 10 } }),
    ),
  ).toBe("Every 2 weeks on Monday, Wednesday and Friday at 09:00 (Europe/Berlin), from 2026-01-07, 10 times");
  expect(ruleWords(monthly({ kind: "weekday", weekday: 5, nth: -1 }))).toContain(
    "On the last Friday of every month",
  );
});
