import { describe, expect, test } from "vitest";
import { suspiciousCharacters, withoutSuspicious } from "./invisible.ts";
import { publishableProblem } from "./text.ts";

describe("is needed, and not marked:", () => {
  test.each([
    ["an emoji of several", "👨‍👩‍👧‍👦 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈"],
    ["a selector behind its base", "❤️ ☎︎ 1️⃣ #️⃣"],
    ["the flag of a region", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
    ["a joiner in Persian", "می‌خواهم"],
    ["a joiner in Hindi, in Malayalam and in Sinhala", "क्‍ष ന്‍ ශ්‍රී"],
    ["a variant of an ideograph", "葛\u{e0100} 神\ufe00"],
    ["marks of a text from the right", "אבג\u200f (abc)\u200e! \u2067abc\u2069 \u202babc\u202c"],
    ["white space", "a\tb\r\nc\u00a0d\u3000e"],
  ])("%s", (_, text) => {
    expect(suspiciousCharacters(text)).toEqual([]);
    expect(withoutSuspicious(text)).toBe(text);
  });
});

describe("is marked with its place:", () => {
  test.each([
    ["soft hyphen", "a\u00adb"],
    ["grapheme joiner", "a\u034fb"],
    ["Hangul fillers", "\u115f\u1160\u3164\uffa0"],
    ["Khmer vowels that are none", "\u17b4\u17b5"],
    ["Mongolian separator", "a\u180eb"],
    ["zero width", "a\u200bb\u200cc\u200dd\u2060e\ufefff"],
    ["invisible operators", "\u2061\u2062\u2063\u2064"],
    ["an empty Braille cell", "a\u2800b"],
    ["a null notehead", "\u{1d159}"],
    ["control characters", "\u0001\u000b\u000c\u007f\u0085"],
    ["line separators", "a\u2028b\u2029"],
    ["tags without a flag", "\u{e0041}\u{e0042}"],
    ["tags behind any emoji", "😀\u{e0041}\u{e0042}"],
    ["tags behind a flag that is none", "🏴\u{e0041}\u{e0042}\u{e007f}"],
    ["a selector behind a letter", "a\ufe0f"],
    ["selectors behind each other", "😀\ufe0f\ufe0f\u{e0100}"],
    ["marks of direction in a text from the left", "a\u200eb\u200fc\u061c"],
    ["an override", "אבג\u202e"],
    ["an isolate that nobody closes", "אבג\u2067"],
    ["an end without a beginning", "אבג\u2069"],
    ["a joiner in Latin", "a\u200db"],
    ["two joiners in Persian", "می\u200c\u200cخواهم"],
  ])("%s", (_, text) => {
    const found = suspiciousCharacters(text);
    expect(found.length).toBeGreaterThan(0);
    for (const { index, codePoint } of found) expect(text.codePointAt(index)).toBe(codePoint);
    expect(suspiciousCharacters(withoutSuspicious(text))).toEqual([]);
  });
});

test("everything that Unicode does not show is marked where it stands between letters", () => {
  for (let point = 0; point <= 0x10_ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const character = String.fromCodePoint(point);
    if (!/[\p{Default_Ignorable_Code_Point}\p{Cc}]/u.test(character) || "\t\n\r".includes(character))
      continue;
    expect([point, suspiciousCharacters(`a${character}b`)]).toEqual([
      point,
      [{ index: 1, codePoint: point }],
    ]);
  }
});

test("a space stays where words were parted", () => {
  expect(withoutSuspicious("a\u000bb\u2800c\u200bd")).toBe("a b cd");
});

test.each([
  "\u0000",
  "\u0001",
  "\u0008",
  "\u000b",
  "\u000c",
  "\u001f",
  "\ufffe",
  "\uffff",
  "\ud800",
  "\udc00",
])("what no feed can carry is told with its place: %j", (character) => {
  expect(publishableProblem("/parts/0", `ab${character}c`)?.message).toMatch(/position 3/);
  expect(publishableProblem("/parts/0", "a\tb\r\nc \u0085😀")).toBeNull();
});
