import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { formatBytes, formatDay, formatHour, formatNumber } from "./format.ts";

test.each([0, 1, 42, 999, 1_000, 1_234_567, -3, 0.5, 12.25])("%d is written as everywhere", (value) => {
  expect(formatNumber(value)).toBe(new Intl.NumberFormat().format(value));
});

test.each([
  [8_000_000, "8\u00a0MB"],
  [1_500_000, `${new Intl.NumberFormat().format(1.5)}\u00a0MB`],
  [976_560, `${new Intl.NumberFormat().format(976.6)}\u00a0kB`],
  [999_999, `${new Intl.NumberFormat().format(1_000)}\u00a0kB`],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("a day is the one that is meant, whatever the zone of this device", () => {
  for (const date of ["2026-01-01", "2026-03-29", "2024-02-29", "9999-12-31"]) {
    const day = Temporal.PlainDate.from(date);
    const fields = { weekday: "long", day: "numeric", month: "long" } as const;
    expect(formatDay(day, fields)).toBe(day.toLocaleString(undefined, fields));
  }
});

test("an hour is written as clocks show it", () => {
  for (const hour of [0, 9, 12, 23]) {
    const shown = Temporal.PlainTime.from({ hour }).toLocaleString(undefined, {
      hour: "numeric",
      minute: "2-digit",
    });
    expect(formatHour(hour)).toBe(shown);
  }
});
