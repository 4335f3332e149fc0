import { describe, expect, test } from "vitest";
import { parseBrief } from "./brief.ts";
import { cleaned } from "./cleaned.ts";
import { readDate } from "./dates.ts";
import { parseHtml } from "./html.ts";
import { canonicalAddress, linkIn, withoutTracking } from "./links.ts";
import { parseMarkdown } from "./markdown.ts";
import { withoutReferences } from "./text-marks.ts";

describe("reference marks are not text", () => {
  test.each([
    ["It still works.[2] Then it rains.", "It still works. Then it rains."],
    ["It works. [12] Then", "It works. Then"],
    ["Trees[a] cool[3][4] streets,[1, 2] too.[5–7]", "Trees cool streets, too."],
    ["Nobody knows.[citation needed] Or[who?] so.", "Nobody knows. Or so."],
    ["Das stimmt.[Beleg erforderlich] Ja.", "Das stimmt. Ja."],
    ["It rained[^2] twice.[^note-1]", "It rained twice."],
    ["It rained.[n] Then[b] it stopped,[s] and", "It rained. Then it stopped, and"],
    ["The study¹ was long.²³", "The study was long."],
    ["Back to the text ↩︎", "Back to the text "],
    ["[^2]: A note of its own.", ""],
    ["[3] Smith, Trees, 2003.", ""],
    ["↑ Smith 2003", ""],
    ["² See the annex.", ""],
  ])("%s", (text, read) => expect(withoutReferences(text)).toBe(read));

  test.each([
    "An area of 12 km² and 10⁶ trees, E = mc².",
    "He said [sic] so and [...] left.",
    "Use list[0] and items[12] = x, or f[a](b).",
    "[Trees] are green.",
    "The year [2003] was dry.",
    "Liebe[r] Mensch, frag eine[n] Kollege[n]: he say[s] it seem[ed] so.",
    "Thus a²+b²=c², E=mc², (x²−y²) and 2·r².",
  ])("kept: %s", (text) => expect(withoutReferences(text)).toBe(text));

  test("nor are the marks and notes of a page", () => {
    const { paragraphs } = cleaned(
      parseHtml(
        `<article><p>Planes cool.<sup class="reference"><a href="#cite_note-1">[1]</a></sup> Limes bloom.<sup>2</sup> It has 5&nbsp;m<sup>2</sup>.</p>
        <p>More text<a href="#fn1" role="doc-noteref">1</a> follows here, with commas, and words.</p>
        <ol class="references"><li>Smith 2003, page 4.</li></ol><section role="doc-endnotes"><p>A note.</p></section></article>`,
        "https://a.example/",
      ),
    );
    expect(paragraphs).toEqual([
      "Planes cool. Limes bloom. It has 5 m².",
      "More text follows here, with commas, and words.",
    ]);
  });
});

function text(markdown: string): string[] {
  return cleaned(parseMarkdown(markdown)).paragraphs;
}

describe("Markdown", () => {
  test("has all entities of the standard, outside of code", () => {
    expect(text("Caf&eacute; &mdash; 5&nbsp;&euro; &#8230; &#x1F333; &amp;lt; &copy 2026 `&amp;`")).toEqual([
      "Café — 5 € … 🌳 &lt; &copy 2026 &amp;",
    ]);
  });

  test("has footnotes, whose text is none of its own", () => {
    expect(
      text(
        "Rain[^1] falls.[^long] Again.[^url]\n[^1]: A note.\ngoes on\n\nNext paragraph.\n\n[^long]: First.\n\n    Second.\n\nLast one.\n\n[^url]: https://a.example/",
      ),
    ).toEqual(["Rain falls. Again.", "Next paragraph.", "Last one."]);
    expect(text("Before.\n\n[^1]: A note\n```\ncode\n```\nAfter.")).toEqual(["Before.", "After."]);
  });

  const yaml = `---\ntitle: "A: title with 'quotes' # and more"\nlang: de-AT\ntags: [a, b]\ndate: 2026-05-04\nnested:\n  title: wrong\ncanonical_url: https://a.example/x?utm_source=y\n---\nText.`;
  const toml = `+++\ntitle = 'A "title"'\nlanguage = "fr"\ndate = 2026-05-04T08:00:00+02:00\nurl = "/relative"\n+++\nText.`;
  test("has front matter in YAML and TOML", () => {
    expect(parseMarkdown(yaml)).toEqual({
      title: "A: title with 'quotes' # and more",
      language: "de-AT",
      date: "2026-05-04T00:00:00.000Z",
      link: "https://a.example/x",
      paragraphs: ["Text."],
    });
    expect(parseMarkdown(`\ufeff${toml.replaceAll("\n", "\r\n")}`)).toMatchObject({
      title: 'A "title"',
      language: "fr",
      date: "2026-05-04T06:00:00.000Z",
      link: null,
      paragraphs: ["Text."],
    });
    expect(parseMarkdown("---\ntitle: >-\n  Folded\n  over lines\n---\nText.").title).toBe(
      "Folded over lines",
    );
  });

  test("two rulers are no front matter, and a broken one is not drafted from twice", () => {
    expect(text("---\nOnly a paragraph.\n\n---\nMore.")).toContain("Only a paragraph.");
    for (const title of ["1.10", "007", "true", "1e3", "0x10", "9007199254740993"]) {
      expect(parseMarkdown(`---\ntitle: ${title}\n---\nText.`)).toMatchObject({ title });
    }
    expect(parseMarkdown("---\ntitle: Trees: a love story\nb: *y\n---\nText.")).toMatchObject({
      title: "Trees: a love story",
      paragraphs: ["Text."],
    });
    const bomb = `---\na: &a [x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: [*a, *a]`).join("\n")}\n---\nText.`;
    expect(parseMarkdown(bomb).paragraphs).toContain("Text.");
    // Forty keys within keys would take years.
    expect(parseMarkdown(`---\n${"? ".repeat(40)}\n---\nText.`).paragraphs).toContain("Text.");
  });
});

describe("dates", () => {
  test.each([
    ["Mon, 05 Jan 2026 08:00:00 GMT", "2026-01-05T08:00:00.000Z"],
    ["Mon, 05 Jan 2026 08:00:00 EST", "2026-01-05T13:00:00.000Z"],
    ["5 Jul 26 08:00 PDT", "2026-07-05T15:00:00.000Z"],
    ["Mon, 5 January 2026 08:00:00 UT", "2026-01-05T08:00:00.000Z"],
    ["Mon, 05 Jan 2026 08:00:00 A", "2026-01-05T08:00:00.000Z"],
    ["Mon, 05 Jan 2026 08:00:00 CEST", "2026-01-05T06:00:00.000Z"],
    ["Mon, 05 Jan 2026 08:00:00 +0530 (IST)", "2026-01-05T02:30:00.000Z"],
    ["2026-01-05", "2026-01-05T00:00:00.000Z"],
    ["2026-01-05T08:00:00.123456+02:00", "2026-01-05T06:00:00.000Z"],
    ["2026-01", "2026-01-01T00:00:00.000Z"],
  ])("%s", (written, read) => expect(readDate(written)).toBe(read));

  test.each([
    "",
    "yesterday",
    "12",
    "Item 5",
    "31 Feb 2026 08:00 GMT",
    "2026-13-01",
    "Mon, 05 Foo 2026",
    "0000-00-00",
  ])("unknown: %s", (written) => expect(readDate(written)).toBeNull());
});

describe("links", () => {
  test.each([
    ["https://a.example/x?utm_source=a&id=7&UTM_Medium=b&fbclid=1", "https://a.example/x?id=7"],
    ["https://a.example/?gclid=1&msclkid=2&mc_cid=3&igshid=4", "https://a.example/"],
    ["https://a.example/?q=a%20b+c&utm_x=1#part", "https://a.example/?q=a%20b+c#part"],
    ["https://a.example/#xtor=RSS-1", "https://a.example/"],
    ["https://a.example/?source=feed", "https://a.example/?source=feed"],
  ])("%s", (address, clean) => expect(withoutTracking(address)).toBe(clean));

  test.each([
    ["http://news.example.org/a", "https://news.example.org/a", "https://news.example.org/a"],
    ["https://m.example.org/a", "https://www.example.org/a", "https://www.example.org/a"],
    ["https://amp.example.co.uk/a", "https://example.co.uk/a?utm_source=x", "https://example.co.uk/a"],
    ["https://example.org/b/a", "../c", "https://example.org/c"],
    ["https://example.org/a", "https://stranger.example.net/a", "https://example.org/a"],
    ["https://one.github.io/a", "https://two.github.io/a", "https://one.github.io/a"],
    ["https://one.co.uk/a", "https://two.co.uk/a", "https://one.co.uk/a"],
    ["https://example.org/a", "https://example.org/", "https://example.org/a"],
    ["https://example.org/a", "javascript:alert(1)", "https://example.org/a"],
    ["http://127.0.0.1:8080/a", "http://127.0.0.1:9090/b", "http://127.0.0.1:8080/a"],
    ["https://example.org/a?fbclid=1", null, "https://example.org/a"],
  ])("%s with the canonical address %s", (url, named, link) =>
    expect(canonicalAddress(named, { url, base: url })).toBe(link),
  );

  test("a page's base address counts", () => {
    const page = `<html><head><base href="https://example.org/blog/"><link rel="canonical" href="post"></head><body><p>Text, here.</p></body></html>`;
    expect(parseHtml(page, "https://m.example.org/x").link).toBe("https://example.org/blog/post");
  });

  test.each([
    ["See https://en.wikipedia.org/wiki/Elm_(tree).", "https://en.wikipedia.org/wiki/Elm_(tree)"],
    ["(https://a.example/x?utm_source=y)", "https://a.example/x"],
    ["„https://a.example/größe“", "https://a.example/gr%C3%B6%C3%9Fe"],
    ["no link", null],
  ])("in a brief: %s", (text, link) => expect(linkIn(text)).toBe(link));
});

test("a brief's first line is its title or its text, never both", () => {
  expect(parseBrief("Rain belongs to the roots. A gap in the kerb is enough.")).toMatchObject({
    title: "",
    paragraphs: ["Rain belongs to the roots. A gap in the kerb is enough."],
  });
  expect(parseBrief("Summer hours\n\nFrom June on we open at eight.")).toMatchObject({
    title: "Summer hours",
    paragraphs: ["From June on we open at eight."],
  });
});
