import { describe, expect, test } from "vitest";
import { isSlug, slugOf } from "./slug.ts";

test.each([
  ["  Crème brûlée — 2×!  ", "crème-brûlée-2"],
  ["Größe", "größe"],
  ["日本語のタイトル", "日本語のタイトル"],
  ["Привет, мир", "привет-мир"],
  ["हिन्दी में", "हिन्दी-में"],
  ["درخت‌های تازه", "درخت-های-تازه"],
  ["ﬁne Ａ１", "fine-a1"],
  ["\u0301\u0301a", "a"],
  ["!?", "entry"],
  ["", "entry"],
  ["a/../b?c#d%20", "a-b-c-d-20"],
])("%s has the address %s", (title, slug) => {
  expect(slugOf(title)).toBe(slug);
  expect(isSlug(slug)).toBe(true);
});

test("a long title is cut between characters, and leaves room for a number", () => {
  expect(slugOf("x".repeat(300))).toHaveLength(80);
  expect(Array.from(slugOf("𠮷".repeat(300)))).toHaveLength(80);
});

describe("an address that a person chose", () => {
  test.each(["spring-catalogue", "größe", "a--b", "日本", "1"])("may be %s", (slug) => {
    expect(isSlug(slug)).toBe(true);
  });
  test.each([
    "Größe",
    "a b",
    "-a",
    "a-",
    "a/b",
    "a.b",
    "a_b",
    "",
    "x".repeat(101),
    "a\u0308",
    "\u0301a",
    "a?b",
  ])("may not be %j", (slug) => {
    expect(isSlug(slug)).toBe(false);
  });
});
