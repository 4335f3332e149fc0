import { escapeHtml, xmlCharacters } from "#kit";
import MarkdownIt, { type Token } from "markdown-it";
import { readableText } from "./readable-text.ts";

/** Deeper than `validate` lets a text be; beyond it the parser would leave words out. */
const deepest = 100;

/**
 * Markdown (CommonMark with tables, strikethrough and bare addresses) as HTML and as text. Line breaks are kept.
 * HTML in it is text; links lead to http, https and mail addresses alone; a picture is its words with a link, because
 * a remote one tells its host who reads. Throws `RangeError` where containers stand in each other too deeply.
 */
export function renderMarkdown(source: string): { html: string; text: string } {
  const markdown = createParser();
  const environment = {};
  const tokens = markdown.parse(source, environment);
  // The parser skips what is deeper; a text is shown whole or refused.
  if (tokens.some(({ level }) => level >= deepest - 1)) throw new RangeError("nested too deeply");
  const html = markdown.renderer.render(tokens, markdown.options, environment);
  return { html: xmlCharacters(html), text: xmlCharacters(readableText(tokens)) };
}

function createParser() {
  const markdown = new MarkdownIt("default", {
    html: false,
    breaks: true,
    linkify: true,
    maxNesting: deepest,
  });
  // Every address is read as a link; which of them may be followed is told where they are written.
  markdown.validateLink = () => true;
  markdown.linkify.set({ fuzzyLink: true });
  const find = markdown.linkify.match.bind(markdown.linkify);
  // "README.md" and "Node.js" are no addresses.
  markdown.linkify.match = (text) =>
    find(text)?.filter(({ schema, text: found }) => schema !== "" || /^www\.|@/i.test(found)) ?? null;
  const { rules } = markdown.renderer;
  const openLinks: boolean[] = [];
  rules["link_open"] = (tokens, index) => {
    const target = targetOf(tokens[index]);
    openLinks.push(target !== null);
    return target === null ? "" : `<a href="${escapeHtml(target)}">`;
  };
  rules["link_close"] = () => (openLinks.pop() === true ? "</a>" : "");
  rules["image"] = (tokens, index) => {
    const label = tokens[index]?.content || String(tokens[index]?.attrGet("src") ?? "");
    const target = targetOf(tokens[index]);
    // Within a link it is a part of that link.
    if (target === null || openLinks.includes(true)) return escapeHtml(label);
    return `<a href="${escapeHtml(target)}">${escapeHtml(label)}</a>`;
  };
  return markdown;
}

/** Where a link or a picture leads; null where nobody should be led there. */
function targetOf(token: Token | undefined): string | null {
  const address = String(token?.attrGet("href") ?? token?.attrGet("src") ?? "");
  const protocol = URL.parse(address)?.protocol;
  return protocol === "https:" || protocol === "http:" || protocol === "mailto:" ? address : null;
}
