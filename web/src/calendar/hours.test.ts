import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { changedHours } from "./hours.ts";

function changed(day: string, zone: string) {
  return [...changedHours(Temporal.PlainDate.from(day), zone)];
}

describe("the hours of a day", () => {
  test("are each there once on an ordinary day", () => {
    expect(changed("2026-06-01", "Europe/Berlin")).toEqual([]);
  });

  test("lack one where clocks go forward, and have one twice where they go back", () => {
    expect(changed("2026-03-29", "Europe/Berlin")).toEqual([[2, "skipped"]]);
    expect(changed("2026-10-25", "Europe/Berlin")).toEqual([[2, "twice"]]);
    expect(changed("2026-03-08", "America/New_York")).toEqual([[2, "skipped"]]);
  });

  test("change at midnight, and by half an hour, where people do so", () => {
    expect(changed("2026-04-24", "Africa/Cairo")).toEqual([[0, "skipped"]]);
    expect(changed("2026-04-05", "Australia/Lord_Howe")).toEqual([[1, "twice"]]);
  });
});
