import { expect, test } from "vitest";
import { trimEndOf } from "./trim.ts";

test.each([
  ["https://example.org//", /\//, "https://example.org"],
  ["//", /\//, ""],
  ["", /\//, ""],
  ["tag.!?", /\p{P}/u, "tag"],
  // A chakma sign and an emoji are of two units.
  ["a\u{11140}\u{11140}", /\p{P}/u, "a"],
  ["a😀.", /\p{P}/u, "a😀"],
  ["😀", /\p{P}/u, "😀"],
])("%j ends where %s does not match", (text, edge, expected) => {
  expect(trimEndOf(text, edge)).toBe(expected);
});
