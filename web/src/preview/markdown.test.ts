import { parseHTML } from "linkedom";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
// oxlint-disable-next-line no-restricted-imports -- what the preview is compared with
import { renderMarkdown } from "../../../src/platform/rendering/markdown.ts";
import { Markdown } from "./markdown.tsx";

function preview(text: string): string {
  return renderToStaticMarkup(createElement(Markdown, { text }));
}

const blocks = "p, h1, h2, h3, h4, h5, h6, li, blockquote, pre, table, tr, th, td, hr, br";

/** What a person reads: the words, and where one line ends and the next begins. */
function readBy(html: string): string[] {
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  for (const element of document.querySelectorAll(blocks)) {
    element.before("\u0000");
    element.prepend("\u0000");
    element.append("\u0000");
    element.after("\u0000");
  }
  for (const text of document.querySelectorAll("pre"))
    text.innerHTML = text.innerHTML.replaceAll("\n", "\u0000");
  return (document.body.textContent ?? "")
    .split("\u0000")
    .map((line) => line.replaceAll(/\s+/gu, " ").trim())
    .filter((line) => line !== "");
}

/** Which elements stand around which words, by what they mean. */
function meaningOf(html: string): string[] {
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  const names = {
    strong: "strong",
    em: "em",
    "s, del": "del",
    code: "code",
    li: "item",
    ol: "numbers",
    td: "cell",
    blockquote: "quote",
  };
  return Object.entries(names).flatMap(([selector, name]) =>
    [...document.querySelectorAll(selector)].map(
      (element) => `${name}: ${(element.textContent ?? "").replaceAll(/\s+/gu, "")}`,
    ),
  );
}

const texts = [
  "one\ntwo  \nthree\\\nfour",
  "# The *title*\n\n###### Small\n\nUnder it\n===",
  "Some **bold**, *slanted*, ***both***, ~~gone~~ and `code <b>`; __also__ _this_, snake_case_word, 5*3*2, **not **bold.",
  "- one\n- two\n  - three\n    1. four\n    2. five\n- six\n\nAfter it",
  "1. first\n\n   more of it\n\n2. second\n\n7) seventh\n8) eighth",
  "* [ ] a task\n* [x] another",
  "> Quoted\n> twice\n>\n> > deeper\nlazy\n\n> - in a list\n>   > again",
  "a|b\n-|:-:\n1|2 \\| 3\n`x|y`|**z**\nonly one",
  "| no | table |\nfor | want | of a line",
  "[a link](https://example.org/a?b&c), [titled](https://example.org 'Title'), [by name][name] and [nowhere][missing].\n\n[name]: https://example.org/d",
  "<https://example.org/b>, https://example.org/c. www.example.org (http://a.example/x_(y)) me@example.org <me@example.org> README.md Node.js example.org ftp://example.org",
  "[x](javascript:alert(1)) [y](data:text/html,hello) [z](/relative) [**bold** w](https://example.org)",
  "![A tree](https://example.org/tree.jpg) ![](https://example.org/no-words.jpg) [![in a link](https://a.example/b.png)](https://example.org) ![x](javascript:y)",
  'An <b>HTML</b> <img src=x onerror="alert(1)"> text <br> <!-- hidden --> <a href="https://example.org">a</a>',
  "<script>alert(1)</script>\n\n<div>\nblock *of*\n</div>\n\n<?php echo 1 ?>\n\n<details><summary>More</summary>x</details>",
  "```js\nconst a = `<b>`;\n\n  indented\n```\n\n    four spaces\n\n~~~\nopen to the end",
  "---\n\n***\n\n___\n\nbetween",
  "&amp; &copy; &#65; &nope; \\* \\_ \\# 1\\. AT&T a < b > c \"quoted\" 'single' ... -- (c)",
  "Footnote[^1] and ==mark== and ^up^ and H~2~O :smile: $x$ {{ a }}\n\n[^1]: of it",
  "Größe 漢字**太字**です。 שלום **עולם** 👩‍👩‍👧 a\u00a0b",
  "tab\there\n\n\tcode by a tab\n\n-\titem by a tab",
  "line one\r\nline two\r\n\r\nparagraph\rold mac",
  "**unclosed and *mixed** up* `tick\n\n[open](https://example.org\n\n](\n\n![",
  "a_".repeat(200),
  "*a **b ".repeat(60),
  `${">".repeat(16)} deep\n${"a\n".repeat(5)}`,
  `${"- ".repeat(30)}far in`,
  "",
  "   \n\n  ",
];

describe("the preview and what is published", () => {
  test.each(texts)("are read the same: %j", (text) => {
    const { html } = renderMarkdown(text);
    expect(readBy(preview(text))).toEqual(readBy(html));
    expect(meaningOf(preview(text))).toEqual(meaningOf(html));
  });

  test.each(texts)("hold no markup of the author: %j", (text) => {
    expect(preview(text)).not.toMatch(/<(?:script|img|iframe|a|b|div class="[^"]*x)[\s>]/u);
    expect(preview(text)).not.toMatch(/<[^>]*\s(?:on\w+|href|src)=/u);
  });

  test("show every word of emphasis in emphasis, however deep", () => {
    const text = `${"*a ".repeat(3_000)}b${" a*".repeat(3_000)}`;
    expect(readBy(preview(text))).toEqual(readBy(renderMarkdown(text).html));
  });

  test.each([
    ["quotes in each other", ">".repeat(60_000), "Too many quotes or lists stand in each other"],
    ["more than anybody reads", "a".repeat(400_001), "too long"],
  ])("say so of %s, and leave nothing out without a word", (_, text, words) => {
    expect(preview(text)).toContain(words);
  });
});
