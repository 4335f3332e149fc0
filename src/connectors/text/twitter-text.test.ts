import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { specs } from "../../../test/support/specs.ts";
import { type Entity, findEntities } from "./entities.ts";
import { findUrls } from "./urls.ts";
import { isValidUrl } from "./valid-url.ts";
import { type WeightRule, hasForbiddenCharacter, weightedLength } from "./weighted-length.ts";

/** Every case of the two files in which twitter-text says what X finds in a text and what it takes. */
const folder = join(specs, "twitter-text");
const present = existsSync(folder);
if (!present) console.log(`skipped: conformance with twitter-text; ${folder} does not exist`);

type Groups = Record<string, (group: unknown) => Case[]>;
type Case = { description: string; text: string; check: () => void };

/** A group of cases: `judge` makes of a text what the file expects of it. */
function group<Expected>(expected: z.ZodType<Expected>, judge: (text: string) => Expected) {
  const cases = z.array(z.object({ description: z.string(), text: z.string(), expected }));
  return (found: unknown): Case[] =>
    cases.parse(found).map(({ expected, ...rest }) => ({
      ...rest,
      check: () => expect(judge(rest.text)).toEqual(expected),
    }));
}

const texts = z.array(z.string());
const verdict = z.boolean();
const indices = z.tuple([z.number(), z.number()]);

function entities(kind: Entity["kind"], text: string) {
  return findEntities(text).filter((entity) => entity.kind === kind);
}

/** What follows the sign of a mention, a hashtag or a cashtag. */
function named(kind: Entity["kind"], text: string): string[] {
  return entities(kind, text).map((entity) => entity.text.slice(1));
}

/** The file counts code points. */
function indicesIn(text: string, { start, end }: { start: number; end: number }): [number, number] {
  const inPoints = (index: number) => Array.from(text.slice(0, index)).length;
  return [inPoints(start), inPoints(end)];
}

function mentionsIn(text: string) {
  return entities("mention", text).map((entity) => {
    const [name = "", ...slug] = entity.text.slice(1).split("/");
    return { screen_name: name, list_slug: slug.map((one) => `/${one}`).join(""), entity };
  });
}

function placedUrls(text: string) {
  return findUrls(text).map((found) => ({ url: found.url, indices: indicesIn(text, found) }));
}

const placed = z.array(z.object({ url: z.string(), indices }));

const extract: Groups = {
  mentions: group(texts, (text) => mentionsIn(text).map((one) => one.screen_name)),
  mentions_with_indices: group(z.array(z.object({ screen_name: z.string(), indices })), (text) =>
    mentionsIn(text).map((one) => ({ screen_name: one.screen_name, indices: indicesIn(text, one.entity) })),
  ),
  mentions_or_lists_with_indices: group(
    z.array(z.object({ screen_name: z.string(), list_slug: z.string(), indices })),
    (text) => mentionsIn(text).map(({ entity, ...one }) => ({ ...one, indices: indicesIn(text, entity) })),
  ),
  // A reply begins with the name that it answers.
  replies: group(z.string().nullable(), (text) => {
    const [first] = mentionsIn(text);
    return first && text.slice(0, first.entity.start).trim() === "" ? first.screen_name : null;
  }),
  urls: group(texts, (text) => findUrls(text).map((one) => one.url)),
  urls_with_indices: group(placed, placedUrls),
  urls_with_directional_markers: group(placed, placedUrls),
  tco_urls_with_params: group(texts, (text) => findUrls(text).map((one) => one.url)),
  hashtags: group(texts, (text) => named("hashtag", text)),
  hashtags_from_astral: group(texts, (text) => named("hashtag", text)),
  hashtags_with_indices: group(z.array(z.object({ hashtag: z.string(), indices })), (text) =>
    entities("hashtag", text).map((one) => ({ hashtag: one.text.slice(1), indices: indicesIn(text, one) })),
  ),
  cashtags: group(texts, (text) => named("cashtag", text)),
  cashtags_with_indices: group(z.array(z.object({ cashtag: z.string(), indices })), (text) =>
    entities("cashtag", text).map((one) => ({ cashtag: one.text.slice(1), indices: indicesIn(text, one) })),
  ),
};

/** A name is valid that is found, and nothing else with it: so `isValidUsername` and its like say it too. */
function isWhole(kind: Entity["kind"], text: string): boolean {
  return entities(kind, text).some((entity) => entity.text === text);
}

// Each group of lengths was written for one configuration; today's posts are weighed by the third.
type Configuration = WeightRule & { most: number };

function isValid(text: string, { most, ...rule }: Configuration): boolean {
  const length = weightedLength(text, rule);
  return length > 0 && length <= most && !hasForbiddenCharacter(text);
}

function weighed(configuration: Configuration) {
  const told = z.object({ weightedLength: z.number(), valid: verdict, permillage: z.number() });
  return group(told, (text) => {
    const length = weightedLength(text, configuration);
    const permillage = Math.floor((length * 1000) / configuration.most);
    return { weightedLength: length, valid: isValid(text, configuration), permillage };
  });
}

const validate: Groups = {
  tweets: group(verdict, (text) => isValid(text, { wide: 1, emoji: false, most: 140 })),
  usernames: group(verdict, (text) => isWhole("mention", text) && !text.includes("/")),
  lists: group(verdict, (text) => isWhole("mention", text) && text.includes("/")),
  hashtags: group(verdict, (text) => isWhole("hashtag", text)),
  urls: group(verdict, (text) => isValidUrl(text, "required")),
  urls_without_protocol: group(verdict, (text) => isValidUrl(text, "optional")),
  WeightedTweetsCounterTest: weighed({ wide: 2, emoji: false, most: 280 }),
  WeightedTweetsWithDiscountedEmojiCounterTest: weighed({ wide: 2, emoji: true, most: 280 }),
  UnicodeDirectionalMarkerCounterTest: weighed({ wide: 2, emoji: true, most: 280 }),
};

describe.skipIf(!present).each([
  ["extract.yml", extract],
  ["validate.yml", validate],
])("twitter-text: %s", (file, groups) => {
  const document = z.object({ tests: z.record(z.string(), z.unknown()) });
  const tests = present ? document.parse(parse(readFileSync(join(folder, file), "utf8"))).tests : {};

  it("is run whole", () => {
    expect(Object.keys(groups)).toEqual(Object.keys(tests));
  });

  for (const [name, casesOf] of Object.entries(groups)) {
    const cases = present ? casesOf(tests[name]) : [];
    it.each(cases)(`${name}: $description`, ({ check }) => check());
  }
});
