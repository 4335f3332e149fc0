import MarkdownIt, { type Token } from "markdown-it";
import { deepestMarkdown } from "./markdown-limits.ts";

// The dashboard's previews import this file too: it knows nothing of Node and of other modules (docs/decisions/0100).

type Markdown = ReturnType<typeof createMarkdown>;
type Environment = Parameters<Markdown["parse"]>[1];

/**
 * The one reading of Markdown: CommonMark with tables, strikethrough and bare addresses, HTML in it as text. Its work
 * grows with the text.
 */
export function createMarkdown() {
  const markdown = new MarkdownIt("default", {
    html: false,
    breaks: true,
    linkify: true,
    maxNesting: deepestMarkdown,
  });
  // Every address is read as a link; which of them may be followed is told where they are written.
  markdown.validateLink = () => true;
  markdown.linkify.set({ fuzzyLink: true });
  const find = markdown.linkify.match.bind(markdown.linkify);
  // "README.md" and "Node.js" are no addresses.
  markdown.linkify.match = (text) =>
    find(text)?.filter(({ schema, text: found }) => schema !== "" || /^www\.|@/i.test(found)) ?? null;
  return markdown;
}

/** Throws `RangeError` where containers stand in each other too deeply: a text is shown whole or refused. */
export function parseMarkdown(markdown: Markdown, source: string, environment: Environment = {}): Token[] {
  const tokens = markdown.parse(source, environment);
  // The parser skips what is deeper.
  if (tokens.some(({ level }) => level >= deepestMarkdown - 1)) throw new RangeError("nested too deeply");
  return tokens;
}

/** Where a link or a picture leads; null where nobody should be led there. */
export function targetOf(token: Token): string | null {
  const address = String(token.attrGet("href") ?? token.attrGet("src") ?? "");
  const protocol = URL.parse(address)?.protocol;
  return protocol === "https:" || protocol === "http:" || protocol === "mailto:" ? address : null;
}

/** What stands for a picture, which is not shown: a remote one tells its host who reads. */
export function wordsOfPicture(token: Token): string {
  return token.content || String(token.attrGet("src") ?? "");
}
