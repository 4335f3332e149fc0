import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { previewSchedule, resolveSchedule, scheduleAt } from "./schedule.ts";

const now = new Date("2026-01-01T00:00:00Z");

function choices(wall: string, zone: string) {
  const { kind, choices } = previewSchedule(wall, zone);
  return [kind, ...choices.map(({ rule, at }) => `${rule} ${at.toISOString()}`)];
}

describe("a wall time", () => {
  test("on an ordinary day is one instant", () => {
    expect(choices("2026-12-01T09:00", "Europe/Berlin")).toEqual([
      "ordinary",
      "compatible 2026-12-01T08:00:00.000Z",
    ]);
  });

  test("that the clock jumps over has two readings", () => {
    expect(choices("2026-03-29T02:30", "Europe/Berlin")).toEqual([
      "gap",
      "earlier 2026-03-29T00:30:00.000Z",
      "later 2026-03-29T01:30:00.000Z",
    ]);
    expect(previewSchedule("2026-03-29T02:30", "Europe/Berlin").choices.map(({ label }) => label)).toEqual([
      "2026-03-29 01:30 UTC+01:00, before the clock jumps ahead",
      "2026-03-29 03:30 UTC+02:00, after the clock has jumped ahead",
    ]);
  });

  test("that the clock shows twice has two readings", () => {
    expect(choices("2026-10-25T02:30", "Europe/Berlin")).toEqual([
      "overlap",
      "earlier 2026-10-25T00:30:00.000Z",
      "later 2026-10-25T01:30:00.000Z",
    ]);
  });

  test("may lie in a change of half an hour, or of a whole day", () => {
    expect(choices("2026-10-04T02:15", "Australia/Lord_Howe")[0]).toBe("gap");
    expect(choices("2011-12-30T12:00", "Pacific/Apia")[0]).toBe("gap");
  });

  test("needs a rule only where it has two readings", () => {
    const overlap = { wall: "2026-10-25T02:30", zone: "Europe/Berlin" };
    expect(() => resolveSchedule(overlap, now)).toThrow(
      expect.objectContaining({ code: "desk.schedule_ambiguous" }),
    );
    expect(resolveSchedule({ ...overlap, rule: "compatible" }, now).at).toEqual(
      new Date("2026-10-25T00:30:00Z"),
    );
    expect(resolveSchedule({ ...overlap, rule: "later" }, now).at).toEqual(new Date("2026-10-25T01:30:00Z"));
    const plain = { wall: "2026-12-01T09:00", zone: "Europe/Berlin" };
    expect(resolveSchedule({ ...plain, rule: "later" }, now).at).toEqual(new Date("2026-12-01T08:00:00Z"));
  });

  test.each(["2026-13-01T09:00", "2026-02-30T09:00", "2026-12-01", "2026-12-01T09:00Z", "tomorrow"])(
    "%s is refused",
    (wall) => {
      expect(() => previewSchedule(wall, "UTC")).toThrow(
        expect.objectContaining({ code: "desk.schedule_wall" }),
      );
    },
  );

  test.each(["Mars/Olympus", "+02:00", "", "../etc"])("the zone %j is refused", (zone) => {
    expect(() => previewSchedule("2026-12-01T09:00", zone)).toThrow(
      expect.objectContaining({ code: "desk.schedule_zone" }),
    );
  });

  test("of any instant resolves to that instant, by one of its rules", () => {
    const zones = fc.constantFrom(
      "Europe/Berlin",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "UTC",
    );
    const minutes = fc.integer({ min: 29_500_000, max: 34_000_000 });
    fc.assert(
      fc.property(minutes, zones, (minute, zone) => {
        const at = new Date(minute * 60_000);
        const { wall } = scheduleAt(at, zone);
        expect(previewSchedule(wall, zone).choices.map((choice) => choice.at.getTime())).toContain(
          at.getTime(),
        );
      }),
    );
  });
});
