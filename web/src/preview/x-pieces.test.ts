import { expect, test } from "vitest";
import { xPieces } from "./x-pieces.ts";

function links(text: string): string[] {
  return xPieces(text).flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));
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

test("names and tags are coloured, and not within an address", () => {
  const pieces = xPieces("By @ada about #type at https://example.com/@ada#top");
  expect(pieces.filter(({ kind }) => kind === "name").map(({ text }) => text)).toEqual(["@ada", "#type"]);
});
