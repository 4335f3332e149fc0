import { describe, expect, test } from "vitest";
import { wallOf } from "./when.ts";

describe("a date and a time", () => {
  test.each([
    ["2026-12-24", "09:30"],
    ["2026-12-24", "9:30"],
    ["2026-12-24", "09:30:00"],
    ["2026-12-24", "9:30 AM"],
    ["2026-12-24", "9:30 a.m."],
    ["2026-12-24", "9:30\u202FAM"],
    ["2026-12-24 09:30", ""],
    ["2026-12-24T09:30", ""],
    ["2026-12-24T09:30:00", ""],
    ["2026/12/24", "09:30"],
    ["24.12.2026 09:30", ""],
    ["24.12.2026", "09:30"],
    ["24.12.2026", "09:30 Uhr"],
    ["24.12.26", "09:30"],
    ["24. 12. 2026", "09:30"],
    ["24.12.2026, 09:30", ""],
    ["24.12.2026 00:00", "09:30"],
    ["24.12.2026 00:00:00", "09:30:00"],
    ["24.12.2026 09:30", "09:30"],
    ["12/24/2026", "9:30 AM"],
    ["12/24/2026 9:30 AM", ""],
    ["12/24/2026 9:30:00 AM", ""],
    ["24/12/2026 09:30", ""],
    ["24-12-2026", "09:30"],
  ])("%j and %j are 2026-12-24T09:30", (date, time) => {
    expect(wallOf(date, time)).toEqual({ wall: "2026-12-24T09:30" });
  });

  test.each([
    ["5/5/2026", "12:00 AM", "2026-05-05T00:00"],
    ["5.5.2026", "12:15 PM", "2026-05-05T12:15"],
    ["03.04.2026", "11:59 PM", "2026-04-03T23:59"],
    ["2028-02-29", "23:59", "2028-02-29T23:59"],
  ])("%j and %j are %j", (date, time, wall) => {
    expect(wallOf(date, time)).toEqual({ wall });
  });

  test("may both be missing", () => {
    expect(wallOf("", "")).toBeNull();
  });

  test.each([
    ["03/04/2026", "09:30", "date", "can be 2026-04-03 or 2026-03-04"],
    ["03/04/2026 9:30 AM", "", "date", "can be 2026-04-03 or 2026-03-04"],
    ["24/12/26", "09:30", "date", "year of two digits"],
    ["31.02.2026", "09:30", "date", "no day of the calendar"],
    ["2026-13-01", "09:30", "date", "no day of the calendar"],
    ["13/13/2026", "09:30", "date", "no day of the calendar"],
    ["46380", "09:30", "date", "format the column as a date"],
    ["46380,39", "09:30", "date", "format the column as a date"],
    ["tomorrow", "09:30", "date", "is not a date; write it as 2026-12-24"],
    ["24-Dec-26", "09:30", "date", "is not a date; write it as 2026-12-24"],
    ["2026-12-24", "0.395833", "time", "format the column as a time"],
    ["2026-12-24", "13:30 PM", "time", "is not a time"],
    ["2026-12-24", "24:00", "time", "is not a time"],
    ["2026-12-24", "09:30:15", "time", "is not a time"],
    ["2026-12-24 25:00", "", "date", "is not a time"],
    ["2026-12-24 09:30", "10:30", "time", "leave one out"],
    ["2026-12-24", "", "time", "Give both"],
    ["", "09:30", "date", "Give both"],
    [`1${" ".repeat(90_000)}`, "09:30", "date", "too long"],
  ])("%j and %j are refused, saying how to write them", (date, time, column, words) => {
    expect(wallOf(date, time)).toMatchObject({ column, message: expect.stringContaining(words) });
  });
});
