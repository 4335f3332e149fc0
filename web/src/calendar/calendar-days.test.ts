import { expect, test } from "vitest";
import { Temporal } from "../lib/temporal.ts";
import { monthDays, titleOf, weekDays } from "./calendar-days.ts";

const day = Temporal.PlainDate.from("2026-11-30");

test.each([
  ["month", day, /^\S+ 2026$/u],
  ["list", day, /^\S+ 2026$/u],
  ["week", day, /30.+6.+2026/u],
  ["week", Temporal.PlainDate.from("2026-12-30"), /28.+2026.+3.+2027/u],
  ["week", Temporal.PlainDate.from("2026-11-18"), /16.+22.+2026/u],
] as const)("the calendar by %s of %s says which days it shows", (view, of, title) => {
  const days = view === "week" ? weekDays(of) : monthDays(of);
  expect(titleOf(view, of, days)).toMatch(title);
});
