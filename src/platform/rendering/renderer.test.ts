import { describe, expect, test } from "vitest";
import { createRenderer } from "./renderer.ts";

const renderer = createRenderer();

async function render(source: string) {
  const outcome = await renderer.render(source);
  if (outcome.kind === "failed") throw new Error(outcome.problem);
  return outcome.value;
}

describe("HTML", () => {
  test("keeps line breaks, tables, code, and addresses that people follow", async () => {
    expect((await render("one\ntwo")).html).toBe("<p>one<br>\ntwo</p>\n");
    expect((await render("[a](https://example.com/?a&b)")).html).toBe(
      '<p><a href="https://example.com/?a&amp;b">a</a></p>\n',
    );
    expect((await render("`<b>`")).html).toBe("<p><code>&lt;b&gt;</code></p>\n");
    expect((await render("a|b\n-|-\n1|2")).html).toContain("<td>2</td>");
    expect((await render("www.example.org, me@example.org, README.md")).html).toBe(
      '<p><a href="http://www.example.org">www.example.org</a>, <a href="mailto:me@example.org">me@example.org</a>, README.md</p>\n',
    );
  });

  test.each([
    "<script>alert(1)</script>",
    'a <img src=x onerror="alert(1)"> b',
    "[x](javascript:alert(1))",
    "[x](data:text/html,hello)",
    "[x](/relative)",
    "![x](javascript:alert(1))",
    '[x](https://example.com/"onclick="alert(1))',
    "<iframe src=https://example.com></iframe>",
    '<https://example.com/"onload=x>',
    "![x](https://tracker.example/pixel.png)",
    "[![x](https://tracker.example/pixel.png)](javascript:alert(1))",
    '![" onerror="x](https://example.com)',
    "ftp://example.com //example.com",
  ])("has no HTML of the author, script or remote image out of %s", async (source) => {
    const { html } = await render(source);
    expect(html).not.toMatch(/<(?:script|img|iframe)/i);
    expect(html).not.toMatch(/href="(?!https?:|mailto:)/i);
    expect(html).not.toMatch(/<[^>]*\son\w+=/i);
    expect(html.match(/<a /g)?.length ?? 0).toBe(html.match(/<\/a>/g)?.length ?? 0);
  });
});

test("text is what a person reads, not its Markdown", async () => {
  const source = [
    "# The *title*",
    "Some **words** with [a link](https://example.org/a), <https://example.org/b> and https://example.org/c.\nA new line.",
    "> Quoted\n> twice\n>\n> > deeper",
    "- one\n- two\n  - three\n\n1. first\n2. second\n\n   more of it",
    "```\ncode\n  here\n```",
    "---",
    "a|b\n-|-\n1|2",
    "![A tree](https://example.org/tree.jpg) [x](javascript:y) &amp; \\*",
  ].join("\n\n");
  expect((await render(source)).text).toBe(
    `The title

Some words with a link (https://example.org/a), https://example.org/b and https://example.org/c.
A new line.

> Quoted
> twice
>
> > deeper

- one
- two
  - three

1. first

2. second

   more of it

    code
      here

----------

a | b
1 | 2

[A tree] x & *`,
  );
});

test.each([
  ["de", "Die Stadt pflanzt im Frühjahr neue Bäume entlang der Straße und bittet um Hilfe."],
  ["en", "The town plants new trees along the street in spring and asks people for their help."],
  ["fa", "شهر در بهار درخت‌های تازه در کنار خیابان می‌کارد و از مردم کمک می‌خواهد."],
  [
    "ja",
    "町は春に通り沿いに新しい木を植え、人々に手伝いを求めている。みんなで水をやりましょう。木陰はみんなのものです。どうぞよろしく。",
  ],
  ["uk", "Місто навесні садить нові дерева."],
  ["el", "Καλημέρα σε όλους σας"],
  ["ja", "町は春に新しい木を植えます。"],
  [null, "Hello"],
  [null, "Photo: Anna Muster"],
  [null, "https://example.org/die-stadt-pflanzt-neue-baeume-an-der-strasse @stadt #neuebaeume"],
])("the language is told where it shows: %s", async (language, text) => {
  expect((await render(text)).language).toBe(language);
});

describe("a text that was written to stop it", () => {
  test("is refused where its quotes stand in each other without end, and the next one is rendered", async () => {
    expect(await renderer.render(">".repeat(60_000))).toEqual({ kind: "failed", problem: "too_deep" });
    expect(await renderer.render("a".repeat(400_001))).toEqual({ kind: "failed", problem: "too_long" });
    expect((await render("a_".repeat(20_000))).text).toBe("a_".repeat(20_000));
    expect((await render("*fine*")).html).toBe("<p><em>fine</em></p>\n");
  });

  test.each([
    ["of a processor", { processorMs: 1, clockMs: 60_000 }],
    ["on the clock", { processorMs: 60_000, clockMs: 1 }],
  ])("ends with its time %s, and takes nothing with it", async (_, limits) => {
    const hasty = createRenderer({ ...limits, idleMs: 10 });
    const [first, second] = await Promise.all([hasty.render("a"), hasty.render("b")]);
    expect([first, second]).toEqual([
      { kind: "failed", problem: "too_slow" },
      { kind: "failed", problem: "too_slow" },
    ]);
  });
});
