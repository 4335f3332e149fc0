import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { weightedLength } from "./weighted-length.ts";

describe("emoji", () => {
  // Every line of Unicode's emoji-test.txt, and the forms that keyboards make of them.
  const file = fileURLToPath(import.meta.resolve("emoji-test-regex-pattern/dist/latest/index-strings.txt"));
  const all = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  // Without a variation selector these two are text, unqualified in emoji-test.txt, and text counts 1 in Latin-1.
  // Others that are unqualified (™, ☺) stand where text counts 2 as well.
  const texts = new Set(["©", "®"]);

  it("count 2, each and every one", () => {
    const wrong = all.filter((emoji) => weightedLength(emoji) !== (texts.has(emoji) ? 1 : 2));
    expect(wrong).toEqual([]);
    expect(all.length).toBeGreaterThan(5_000);
  });

  it("count 2 each when they stand between words", () => {
    const wrong = all.filter((emoji) => weightedLength(`a ${emoji} b`) !== (texts.has(emoji) ? 5 : 6));
    expect(wrong).toEqual([]);
  });

  it("are among those of Unicode 18, which this Node may not know", () => {
    expect(all).toContain("\u{1faf9}\u{1f3fd}");
  });
});

describe("weightedLength", () => {
  it.each([
    ["", 0],
    ["hello", 5],
    ["héllo", 5],
    ["日本", 4],
    ["see example.com now", 31],
    ["https://example.com/a/very/long/path/indeed?with=query", 23],
    ["version 1.2.3", 13],
    ["👩‍👩‍👧‍👦", 2],
    ["🏴‍☠️", 2],
    ["🫩", 2],
    ["©", 1],
    ["©️", 2],
  ])("%j weighs %i", (text, expected) => {
    expect(weightedLength(text)).toBe(expected);
  });

  it.each([
    ["labels", "字.".repeat(5_000)],
    ["one long label", `${"字".repeat(10_000)}.`],
    ["ASCII labels", "a.".repeat(5_000)],
    ["hyphens", "-.a".repeat(4_000)],
    ["a path of dots", `https://example.com/${".".repeat(10_000)}`],
    ["open parentheses", `https://example.com/${"(a".repeat(5_000)}`],
    ["a query without an end", `https://example.com/?${"?.".repeat(5_000)}`],
    ["protocols", "http://".repeat(2_000)],
    ["far too much", "字.".repeat(100_000)],
  ])("stays fast on %s", (_name, text) => {
    const start = performance.now();
    weightedLength(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
