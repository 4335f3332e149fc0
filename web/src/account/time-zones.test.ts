import { expect, test } from "vitest";
import { findsZone, zoneLabel, zonesWith } from "./time-zones.ts";

const winter = new Date("2026-01-15T12:00:00Z");
const summer = new Date("2026-07-15T12:00:00Z");

test("a zone is called by its city, with the offset of the day", () => {
  expect(zoneLabel("Europe/Berlin", winter)).toBe("Berlin (UTC+01:00)");
  expect(zoneLabel("Europe/Berlin", summer)).toBe("Berlin (UTC+02:00)");
  expect(zoneLabel("America/Argentina/Buenos_Aires", winter)).toBe("Buenos Aires (UTC-03:00)");
  expect(zoneLabel("Asia/Kathmandu", winter)).toBe("Kathmandu (UTC+05:45)");
  expect(zoneLabel("UTC", winter)).toBe("UTC");
  expect(zoneLabel("Mars/Olympus_Mons", winter)).toBe("Olympus Mons");
});

test("the chosen zone is among them, also where this machine does not know it", () => {
  expect(zonesWith("Mars/Olympus_Mons", winter).some(({ zone }) => zone === "Mars/Olympus_Mons")).toBe(true);
  const berlin = zonesWith("Europe/Berlin", winter).filter(({ zone }) => zone === "Europe/Berlin");
  expect(berlin).toHaveLength(1);
  expect(berlin[0]?.words).toContain("UTC+01:00");
});

test("a zone is found by parts of what it is called, with or without marks, also by its former name", () => {
  expect(zoneLabel("Asia/Katmandu", winter)).toBe("Kathmandu (UTC+05:45)");
  const words = ["Kathmandu", "Asia", "UTC+05:45"];
  for (const typed of ["kath", "katm", "Asia kathmandu", "+05:45", "KÁTHMANDU"]) {
    expect([typed, findsZone("Asia/Katmandu", typed, words)]).toEqual([typed, true]);
  }
  expect(findsZone("America/North_Dakota/Beulah", "kathmandu", ["Beulah"])).toBe(false);
});
