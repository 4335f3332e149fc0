import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { specs } from "../../../test/specs.ts";
import { findUrls } from "./urls.ts";
import { type WeightRule, hasForbiddenCharacter, weightedLength } from "./weighted-length.ts";

const folder = join(specs, "twitter-text");
const present = existsSync(folder);
if (!present) console.log(`skipped: conformance of weighted length; ${folder} does not exist`);

const lengths = z.array(
  z.object({
    description: z.string(),
    text: z.string(),
    expected: z.object({ weightedLength: z.number(), valid: z.boolean(), permillage: z.number() }),
  }),
);
const verdicts = z.array(z.object({ description: z.string(), text: z.string(), expected: z.boolean() }));
const addresses = z.array(
  z.object({ description: z.string(), text: z.string(), expected: z.array(z.string()) }),
);
const places = z.array(
  z.object({
    description: z.string(),
    text: z.string(),
    expected: z.array(z.object({ url: z.string(), indices: z.tuple([z.number(), z.number()]) })),
  }),
);

type Section = Record<string, unknown>;

function sectionsOf(file: string): Section {
  if (!present) return {};
  const document = z.object({ tests: z.record(z.string(), z.unknown()) });
  return document.parse(parse(readFileSync(join(folder, file), "utf8"))).tests;
}

const validate = sectionsOf("validate.yml");
const extract = sectionsOf("extract.yml");

// Each group was written for one configuration of twitter-text; today's posts are weighed by the third.
const configurations: Record<string, WeightRule & { most: number }> = {
  tweets: { wide: 1, emoji: false, most: 140 },
  WeightedTweetsCounterTest: { wide: 2, emoji: false, most: 280 },
  WeightedTweetsWithDiscountedEmojiCounterTest: { wide: 2, emoji: true, most: 280 },
  UnicodeDirectionalMarkerCounterTest: { wide: 2, emoji: true, most: 280 },
};

function isValid(text: string, { most, ...rule }: WeightRule & { most: number }): boolean {
  const length = weightedLength(text, rule);
  return length > 0 && length <= most && !hasForbiddenCharacter(text);
}

describe.skipIf(!present)("twitter-text conformance", () => {
  // Galley neither links nor counts these; and what may be typed as a link is another grammar than what is found.
  const notOurs = {
    validate: ["usernames", "lists", "hashtags", "urls", "urls_without_protocol"],
    extract: /^(?:mentions|replies|hashtags|cashtags)/,
  };
  const found = ["urls", "tco_urls_with_params", "urls_with_indices", "urls_with_directional_markers"];

  it("leaves out no group that is about length or addresses", () => {
    const weighed = Object.keys(configurations);
    expect(Object.keys(validate).filter((name) => !notOurs.validate.includes(name))).toEqual(weighed);
    const rest = Object.keys(extract).filter((name) => !notOurs.extract.test(name));
    expect(rest.toSorted()).toEqual(found.toSorted());
  });

  for (const [group, configuration] of Object.entries(configurations)) {
    if (group === "tweets") continue;
    const cases = present ? lengths.parse(validate[group]) : [];
    it.each(cases)(`${group}: $description`, ({ text, expected }) => {
      const length = weightedLength(text, configuration);
      expect(length).toBe(expected.weightedLength);
      expect(Math.floor((length * 1000) / configuration.most)).toBe(expected.permillage);
      expect(isValid(text, configuration)).toBe(expected.valid);
    });
  }

  const judged = present ? verdicts.parse(validate["tweets"]) : [];
  it.each(judged)("tweets: $description", ({ text, expected }) => {
    expect(isValid(text, configurations["tweets"] ?? { wide: 1, emoji: false, most: 140 })).toBe(expected);
  });

  for (const group of ["urls", "tco_urls_with_params"]) {
    const finds = present ? addresses.parse(extract[group]) : [];
    it.each(finds)(`${group}: $description`, ({ text, expected }) => {
      expect(findUrls(text).map((one) => one.url)).toEqual(expected);
    });
  }

  for (const group of ["urls_with_indices", "urls_with_directional_markers"]) {
    const finds = present ? places.parse(extract[group]) : [];
    it.each(finds)(`${group}: $description`, ({ text, expected }) => {
      const inPoints = (index: number) => Array.from(text.slice(0, index)).length;
      const positions = findUrls(text).map(({ url, start, end }) => ({
        url,
        indices: [inPoints(start), inPoints(end)],
      }));
      expect(positions).toEqual(expected);
    });
  }
});

describe("emoji", () => {
  // Every line of Unicode's emoji-test.txt, and the forms that keyboards make of them.
  const file = fileURLToPath(import.meta.resolve("emoji-test-regex-pattern/dist/latest/index-strings.txt"));
  const all = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  // X takes these two for text unless a variation selector says that they are pictures.
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
