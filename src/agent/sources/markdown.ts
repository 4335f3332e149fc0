import type { Token } from "marked";
import { marked } from "marked";
import type { ParsedText } from "./parsed.ts";

const frontMatter = /^\ufeff?---\r?\n([\s\S]{0,20000}?)\r?\n---\r?\n/;

/** Markdown (CommonMark and GitHub tables) as plain paragraphs; code and raw HTML are left out. */
export function parseMarkdown(markdown: string): ParsedText {
  const head = frontMatter.exec(markdown);
  const fields = fieldsOf(head?.[1] ?? "");
  const tokens = marked.lexer(markdown.slice(head?.[0].length ?? 0));
  const heading = tokens.find((token) => token.type === "heading");
  const paragraphs = tokens.flatMap(paragraphsOf);
  const link = fields.get("canonical_url") ?? fields.get("url") ?? "";
  return {
    title: fields.get("title") ?? (heading ? plain(heading) : (paragraphs[0]?.slice(0, 120) ?? "")),
    language: fields.get("lang") ?? fields.get("language") ?? null,
    link: /^https?:\/\//.test(link) ? link : null,
    paragraphs,
  };
}

/** The `key: value` lines of a front matter; nested YAML says nothing that is used here. */
function fieldsOf(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).map((line) => /^([A-Za-z_]+):\s*(.+?)\s*$/.exec(line));
  return new Map(
    lines.flatMap((match) => {
      const [, key, value] = match ?? [];
      return key && value ? [[key.toLowerCase(), value.replace(/^(["'])(.*)\1$/, "$2")] as const] : [];
    }),
  );
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

/** Text as a reader sees it: marks, images and raw HTML removed, entities resolved. */
function plain(token: Token): string {
  if (token.type === "image" || token.type === "html") return "";
  if (token.type === "br") return " ";
  const children = childrenOf(token);
  if (children.length > 0) return children.map(plain).join("");
  return "text" in token && typeof token.text === "string" ? unescape(token.text) : "";
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " ", "#39": "'" };

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (whole, name: string) => entities[name] ?? whole);
}
