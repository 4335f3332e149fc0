import { describe, expect, test } from "vitest";
import { resembles } from "./likeness.ts";

const sent =
  'The "spring" list is out – nine titles, 3 debuts & one reprint: https://example.org/spring?list=1';

describe("a text resembles itself", () => {
  test.each([
    ["other quotes", sent.replaceAll('"', "\u201c")],
    ["another dash", sent.replace("–", "-")],
    ["signs that nobody sees", sent.replaceAll("i", "i\u200b")],
    ["entities", sent.replaceAll("&", "&amp;")],
    ["white space", sent.replaceAll(" ", "\u00a0\n")],
    ["capitals", sent.toUpperCase()],
    ["a shortened link", sent.replace(/https:\S+/u, "https://lnkd.in/abc123")],
    ["a cut", `${sent.slice(0, 40)}…`],
    ["a word of its own", `${sent} #books`],
    ["a removed word", sent.replace("nine ", "")],
    ["other marks", sent.replace("reprint", "réprint")],
  ])("after %s", (_name, listed) => {
    expect(resembles({ text: listed }, { text: sent })).toBe(true);
  });

  test("in scripts that put no spaces between words", () => {
    const text = "春の新刊目録ができました。九冊の新刊と再版一冊。";
    expect(resembles({ text: text.replace("。", ".") }, { text })).toBe(true);
    expect(resembles({ text: `♪${text.slice(1)}` }, { text })).toBe(true);
    expect(resembles({ text: "本日は休業いたします。" }, { text })).toBe(false);
  });
});

test("the same letters are a resemblance, however few they are and whatever stood between them", () => {
  // Persian puts a joiner that nobody sees between the parts of a word, and German a hyphen that shows at the end of a line.
  for (const [text, listed] of [
    ["می\u200cخواهم", "میخواهم"],
    ["Kauf\u00adhaus", "Kaufhaus"],
    ["wo\u2060rd\u200bplay", "wordplay"],
    ["50%off", "50% o\u200cff"],
  ] as const) {
    expect(resembles({ text: listed }, { text }), text).toBe(true);
  }
});

test("a file or an address in common is a resemblance by itself", () => {
  expect(resembles({ text: "", media: ["m1"] }, { text: "Look", media: ["m1", "m2"] })).toBe(true);
  expect(
    resembles({ text: "Read https://example.org/a" }, { text: "New!", link: "https://example.org/a" }),
  ).toBe(true);
  expect(resembles({ text: "One https://example.org/a" }, { text: "Two https://example.org/b" })).toBe(false);
  // Nothing tells them apart.
  expect(resembles({ text: "" }, { text: "🎉" })).toBe(true);
});

test("another text does not resemble", () => {
  expect(resembles({ text: "We are hiring two editors in Leeds." }, { text: sent })).toBe(false);
  expect(resembles({ text: "The list is out." }, { text: "The shop is open until nine today." })).toBe(false);
  expect(resembles({ text: "" }, { text: sent })).toBe(false);
});
