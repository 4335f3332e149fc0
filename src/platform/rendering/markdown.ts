import { escapeHtml, xmlCharacters } from "#kit";
import { createMarkdown, parseMarkdown, targetOf, wordsOfPicture } from "./markdown-parser.ts";
import { readableText } from "./readable-text.ts";

/**
 * Markdown as HTML and as text. Line breaks are kept, HTML in it is text, links lead to http, https and mail addresses
 * alone, and a picture is its words with a link. Throws `RangeError` where containers stand in each other too deeply.
 */
export function renderMarkdown(source: string): { html: string; text: string } {
  const markdown = createHtmlWriter();
  const environment = {};
  const tokens = parseMarkdown(markdown, source, environment);
  const html = markdown.renderer.render(tokens, markdown.options, environment);
  return { html: xmlCharacters(html), text: xmlCharacters(readableText(tokens)) };
}

function createHtmlWriter() {
  const markdown = createMarkdown();
  const { rules } = markdown.renderer;
  const openLinks: boolean[] = [];
  rules["link_open"] = (tokens, index) => {
    const token = tokens[index];
    const target = token ? targetOf(token) : null;
    openLinks.push(target !== null);
    return target === null ? "" : `<a href="${escapeHtml(target)}">`;
  };
  rules["link_close"] = () => (openLinks.pop() === true ? "</a>" : "");
  rules["image"] = (tokens, index) => {
    const token = tokens[index];
    if (!token) return "";
    const label = escapeHtml(wordsOfPicture(token));
    const target = targetOf(token);
    // Within a link it is a part of that link.
    if (target === null || openLinks.includes(true)) return label;
    return `<a href="${escapeHtml(target)}">${label}</a>`;
  };
  return markdown;
}
