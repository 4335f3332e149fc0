import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { specs } from "../../../test/specs.ts";
import { findUrls } from "./urls.ts";
import { weightedLength } from "./weighted-length.ts";

const folder = join(specs, "twitter-text");
const present = existsSync(folder);
if (!present) console.log(`skipped: conformance of weighted length; ${folder} does not exist`);

const lengths = z.array(
  z.object({ description: z.string(), text: z.string(), expected: z.object({ weightedLength: z.number() }) }),
);
const addresses = z.array(
  z.object({ description: z.string(), text: z.string(), expected: z.array(z.string()) }),
);

function load(file: string, section: string): unknown {
  const document = z
    .object({ tests: z.record(z.string(), z.unknown()) })
    .parse(parse(readFileSync(join(folder, file), "utf8")));
  return document.tests[section];
}

describe.skipIf(!present)("twitter-text conformance", () => {
  const cases = present
    ? lengths.parse(load("validate.yml", "WeightedTweetsWithDiscountedEmojiCounterTest"))
    : [];
  it.each(cases)("weighs: $description", ({ text, expected }) => {
    expect(weightedLength(text)).toBe(expected.weightedLength);
  });

  const finds = present ? addresses.parse(load("extract.yml", "urls")) : [];
  it.each(finds)("finds: $description", ({ text, expected }) => {
    expect(findUrls(text).map((found) => found.url)).toEqual(expected);
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
