import { decodeHTMLStrict } from "entities";
import type { Token } from "marked";
import { marked } from "marked";
import { takeFrontMatter } from "./front-matter.ts";
import { withoutTracking } from "./links.ts";
import type { ParsedText } from "./parsed.ts";
import { raisedText } from "./text-marks.ts";

/** What begins a block of its own, and so ends a note without a blank line. */
const otherBlock = /^ {0,3}(?:```|~~~|#{1,6}\s|>|[-*+]\s|\d{1,9}[.)]\s)/;

/**
 * Markdown (CommonMark, GitHub tables, footnotes as GitHub and Pandoc write them) as plain paragraphs; code, raw
 * HTML and the text of notes are left out. The front matter says title, language, address and date.
 */
export function parseMarkdown(markdown: string): ParsedText {
  const { fields, body } = takeFrontMatter(markdown);
  const tokens = marked.lexer(withoutNotes(body));
  const heading = tokens.find((token) => token.type === "heading");
  const paragraphs = tokens.flatMap(paragraphsOf);
  return {
    title: fields.title ?? (heading ? plain(heading) : ""),
    language: fields.language,
    link: fields.link === null ? null : withoutTracking(fields.link),
    date: fields.date,
    paragraphs,
  };
}

/** A text without the definitions of footnotes: `[^1]: …` and the lines that go on with it. */
function withoutNotes(body: string): string {
  const kept: string[] = [];
  let inNote = false;
  let afterBlank = false;
  for (const line of body.split(/\r?\n/)) {
    const blank = line.trim() === "";
    if (/^ {0,3}\[\^[^\]\s]{1,60}\]:/.test(line)) inNote = true;
    else if (!blank && ((afterBlank && !/^(?: {2}|\t)/.test(line)) || otherBlock.test(line))) inNote = false;
    if (!inNote || blank) kept.push(line);
    afterBlank = blank;
  }
  return kept.join("\n");
}

function paragraphsOf(token: Token): string[] {
  switch (token.type) {
    case "paragraph":
    case "text":
      return [plain(token)];
    case "blockquote":
      return childrenOf(token).flatMap(paragraphsOf);
    case "list":
      return itemsOf(token).flatMap((item) => childrenOf(item).flatMap(paragraphsOf));
    default:
      return [];
  }
}

function childrenOf(token: Token): Token[] {
  return "tokens" in token && token.tokens ? token.tokens : [];
}

function itemsOf(token: Token): Token[] {
  return "items" in token && Array.isArray(token.items) ? (token.items as Token[]) : [];
}

/** Text as a reader sees it: marks, images and raw HTML removed, entities resolved outside of code. */
function plain(token: Token): string {
  if (token.type === "image") return "";
  if (token.type === "html") return /^<br\s*\/?>$/i.test(token.raw) ? " " : "";
  if (token.type === "br") return " ";
  // A note whose definition is a bare address is a link to it.
  if (token.type === "link" && "text" in token && /^\^|^\[?\d{1,3}\]?$/.test(String(token.text))) return "";
  const children = childrenOf(token);
  if (children.length > 0) return inline(children);
  if (!("text" in token) || typeof token.text !== "string") return "";
  return token.type === "text" ? decodeHTMLStrict(token.text) : token.text;
}

/** Children in a row; what stands between `<sup>` and `</sup>` is raised. */
function inline(children: readonly Token[]): string {
  let text = "";
  let raised = false;
  for (const child of children) {
    if (child.type === "html" && /^<\/?sup[\s>]/i.test(child.raw)) raised = !child.raw.startsWith("</");
    else text += raised ? raisedText(plain(child)) : plain(child);
  }
  return text;
}
