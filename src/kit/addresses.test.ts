import { describe, expect, test } from "vitest";
import { mentionsAddress, sameAddress, webAddress } from "./addresses.ts";

const link = "https://example.org/a";

describe("a text that holds another address than the link", () => {
  test.each([
    "See https://example.org/a/b",
    "See https://example.org/ab",
    "See https://example.org/a.html",
    "See https://example.org/a?b",
    "See https://example.org/a#b",
    "See https://example.org/a-b.",
    "See https://example.org/a%20b",
    "See https://example.org/a日本",
    "See http://example.org/a",
    "See https://www.example.org/a",
    "See https://other.example/?to=https://example.org/a",
    "See https://archive.example/https://example.org/a",
    "See xhttps://example.org/a",
    "See [more](https://example.org/a/b)",
    "See <https://example.org/a/>",
  ])("does not hold it: %s", (text) => {
    expect(mentionsAddress(text, link)).toBe(false);
  });
});

describe("a text holds a link", () => {
  test.each([
    "https://example.org/a",
    "See https://example.org/a.",
    "See https://example.org/a, or (https://example.org/a)",
    "HTTPS://EXAMPLE.ORG/a!",
    "[more](https://example.org/a)",
    '[more](https://example.org/a "title")',
    "<https://example.org/a>",
    "**https://example.org/a**",
    "[https://example.org/a](https://example.org/a/b)",
    "見て「https://example.org/a」。",
    "https://example.org:443/a",
    "first https://example.org/b, then https://example.org/a",
  ])("as in %s", (text) => {
    expect(mentionsAddress(text, link)).toBe(true);
  });

  test.each([
    ["Über https://müller.example/über.", "https://xn--mller-kva.example/%C3%BCber"],
    ["https://en.wikipedia.org/wiki/Oak_(tree) is good", "https://en.wikipedia.org/wiki/Oak_(tree)"],
    ["(https://en.wikipedia.org/wiki/Oak_(tree))", "https://en.wikipedia.org/wiki/Oak_(tree)"],
    ["https://ca.wikipedia.org/wiki/Col·lecció", "https://ca.wikipedia.org/wiki/Col·lecció"],
    ["http://[::1]:3000/a and more", "http://[::1]:3000/a"],
    ["http://localhost:3000", "http://localhost:3000/"],
    ["<https://example.org/wow!>", "https://example.org/wow!"],
  ])("that is written otherwise: %s", (text, address) => {
    expect(mentionsAddress(text, address)).toBe(true);
  });
});

test("what is no address is held by nothing", () => {
  expect(mentionsAddress("nonsense", "nonsense")).toBe(false);
  expect(mentionsAddress("http:// https://. ftp://example.org", "https://")).toBe(false);
});

test("addresses are one that mean the same", () => {
  expect(sameAddress("HTTPS://Example.org:443", " https://example.org/ ")).toBe(true);
  expect(sameAddress("https://example.org/a", "https://example.org/a/")).toBe(false);
  expect(sameAddress("https://example.org/a", "https://example.org/A")).toBe(false);
  expect(sameAddress("nonsense", "nonsense")).toBe(false);
  expect(sameAddress(null, null)).toBe(false);
});

test.each([
  ["https://example.org/a?b#c", "https://example.org/a?b#c"],
  ["HTTP://Example.org", "http://example.org/"],
  // No line of a mail can be added through it.
  ["https://example.org/a\nb c", "https://example.org/ab%20c"],
  ["javascript:alert(1)", null],
  ["data:text/html,a", null],
  ["httpsx://example.org", null],
  ["https:", null],
  ["/p/1", null],
  ["", null],
  [null, null],
])("people may be sent to %j as %j", (address, shown) => {
  expect(webAddress(address)).toBe(shown);
});
