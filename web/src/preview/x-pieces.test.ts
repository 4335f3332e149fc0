import { expect, test } from "vitest";
import { cardSite, xPieces } from "./x-pieces.ts";

function links(text: string): string[] {
  return xPieces(text).flatMap((piece) => (piece.kind === "url" ? [piece.text] : []));
}

test.each([
  ["See https://northwind.example/news for more", []],
  ["See https://example.com/news, for more", ["https://example.com/news"]],
  ["See example.com/a_(b) and (https://x.com).", ["example.com/a_(b)", "https://x.com"]],
  ["http://localhost:3000 and https://intranet.internal/a", []],
  ["Grüße: https://müller.de/über", ["https://müller.de/über"]],
])("%s: X links %j, as it counts and prices", (text, expected) => {
  expect(links(text)).toEqual(expected);
  expect(
    xPieces(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

test.each([
  ["By @ada about #type at https://example.com/@ada#top", ["@ada", "#type"]],
  ["$GOOG is up, and so is $brk.b; $100 is not", ["$GOOG", "$brk.b"]],
  ["Read by @ada/type-lovers", ["@ada/type-lovers"]],
  ["Mail ada@example.org, or &#39; or #1 or C#sharp", []],
  ["#l·lengua #café #पुस्तक", ["#l·lengua", "#café", "#पुस्तक"]],
])("%s: X colours %j, and nothing within an address", (text, expected) => {
  const names = xPieces(text).filter(({ kind }) => kind !== "text" && kind !== "url");
  expect(names.map((piece) => piece.text)).toEqual(expected);
});

test.each([
  ["nothing to follow", null],
  ["first example.org/a, then https://www.example.com/b?c", "www.example.com"],
  ["a port that does not exist: https://example.com:99999/a", null],
])("%s: the card is of %s", (text, site) => {
  expect(cardSite(text)).toBe(site);
});
