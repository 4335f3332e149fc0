import { describe, expect, test } from "vitest";
import { judgeClocks } from "./clocks.ts";

const minute = 60_000;

function voice(host: string, minutes: number) {
  return { platform: "Mastodon", host, aheadMs: minutes * minute };
}

function judged(platform: number, machine: number, ...others: number[]) {
  return judgeClocks({
    platform: voice("one", platform),
    machineAheadMs: machine * minute,
    others: others.map((minutes, index) => voice(`other-${index}`, minutes)),
  });
}

describe("whose clock is wrong", () => {
  test("nobody's, where they differ by two minutes at most", () => {
    expect(judged(2, -2)).toMatchObject({ level: "ok", fix: "" });
  });

  test("the platform's, where another one agrees with the database", () => {
    for (const finding of [judged(-11, 0, 0), judged(-11, 0, 1, -1)]) {
      expect(finding).toMatchObject({ level: "warning" });
      expect(finding.problem).toMatch(
        /^The clock of Mastodon \(one\) is 11 minutes behind Galley's and that/u,
      );
      expect(finding.fix).toContain("Yours is right");
    }
  });

  test("the database's, where this machine or another platform agrees with the platform", () => {
    for (const finding of [
      judged(60, 60),
      judged(60, 60, 60, 61),
      judged(60, 60, 60, 0),
      judged(60, -30, 60),
    ]) {
      expect(finding).toMatchObject({ level: "error" });
      expect(finding.problem).toMatch(/^The database's clock is 60 minutes behind Mastodon \(one\)/u);
      expect(finding.fix).toContain("NTP");
    }
  });

  test("this machine's, where the platform agrees with the database; or both, where others agree with the platform", () => {
    expect(judged(0, 180).problem).toMatch(
      /^The clock of the machine that Galley runs on is 3 hours ahead of/u,
    );
    expect(judged(-60, 0, -60, -61).problem).toMatch(
      /^The clocks of Galley's machine and of its database are 60 min/u,
    );
    const by = "by a time service (NTP), for example with: timedatectl set-ntp true.";
    expect(judged(-60, 0, -60, -61).fix).toBe(
      `Set the clocks of the machines that Galley and its database run on ${by}`,
    );
    expect(judged(0, 180).fix).toBe(`Set the clock of the machine that Galley runs on ${by}`);
    expect(judged(60, 60).fix).toBe(`Set the clock of the machine that the database runs on ${by}`);
  });

  test("nobody knows, where nothing else tells or voices are divided", () => {
    for (const finding of [judged(60, 0), judged(60, 0, 60, 0), judged(60, 0, -60), judged(60, 60, 0)]) {
      expect(finding).toMatchObject({ level: "warning" });
      expect(finding.problem).toContain("nothing tells which of them is right");
      expect(finding.fix).toContain("date -u");
    }
  });
});
