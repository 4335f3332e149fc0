import { expect, it } from "vitest";
import { findEntities } from "./entities.ts";

it.each([
  // Of two that overlap, the one that starts first.
  ["https://example.com/@ada#top by @ada", ["url https://example.com/@ada#top", "mention @ada"]],
  ["@example.com", ["mention @example"]],
  ["$TYPE#tag #tag$TYPE tag#tag", ["cashtag $TYPE", "hashtag #tag"]],
  // A keycap, a number sign as an emoji, and an entity of HTML.
  ["#️⃣tag #⃣tag &#x27; &#tag", []],
  // With `i` and `u` together, [a-z] would take these two for k and s.
  ["$\u212aILO $\u017fum @\u212a @\u017f", []],
  // A letter of Unicode 17, which the tables of twitter-text do not have.
  ["#\u{16ea0}", ["hashtag #\u{16ea0}"]],
])("%j: X makes links of %j", (text, expected) => {
  expect(findEntities(text).map((entity) => `${entity.kind} ${entity.text}`)).toEqual(expected);
});

it.each([
  ["number signs", "#".repeat(100_000)],
  ["a hashtag without a letter", `#${"1".repeat(100_000)}`],
  ["numbers as hashtags", "#1_".repeat(30_000)],
  ["at signs", "@".repeat(100_000)],
  ["names", "@a/b-".repeat(20_000)],
  ["RT", "RT:".repeat(30_000)],
  ["dollar signs", " $a._".repeat(20_000)],
])("stays fast on %s", (_name, text) => {
  const start = performance.now();
  findEntities(text);
  expect(performance.now() - start).toBeLessThan(2_000);
});
