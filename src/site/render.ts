import { createHash } from "node:crypto";
import { Marked } from "marked";

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

export function safeLink(href: string): string | null {
  const protocol = URL.parse(href)?.protocol;
  return protocol === "https:" || protocol === "http:" || protocol === "mailto:" ? href : null;
}

// Markdown lets HTML and any address through; a public page holds only what its author can see in the source.
const markdown = new Marked({
  gfm: true,
  renderer: {
    html({ text }) {
      return escape(text);
    },
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens);
      const target = safeLink(href);
      return target === null ? inner : `<a href="${escape(target)}">${inner}</a>`;
    },
    // A remote image would tell its host who reads; only what was uploaded and approved is shown.
    image({ href, text }) {
      const target = safeLink(href);
      const label = escape(text === "" ? href : text);
      return target === null ? label : `<a href="${escape(target)}">${label}</a>`;
    },
  },
});

/** Markdown as HTML without scripts, raw HTML or remote images. */
export function htmlOf(source: string): string {
  return markdown.parse(source, { async: false });
}

/** The first words of a text, without its Markdown, for lists and search engines. */
export function excerptOf(source: string, length = 240): string {
  const plain = htmlOf(source)
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity)
    .replaceAll(/\s+/g, " ")
    .trim();
  const all = Array.from(plain);
  return all.length <= length
    ? plain
    : `${all
        .slice(0, length - 1)
        .join("")
        .trimEnd()}…`;
}

const characters: Record<string, string> = Object.fromEntries(
  Object.entries(entities).map(([character, entity]) => [entity, character]),
);

export const style = `
:root{color-scheme:light dark;--page:light-dark(#fbfaf7,#16171a);--text:light-dark(#1d1c1a,#e9e7e2);--soft:light-dark(#67635b,#a09c93);--line:light-dark(#e3dfd6,#313237);--link:light-dark(#8a3b12,#f0a37c)}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:1.0625rem/1.7 Georgia,"Iowan Old Style",serif}
main,header,footer{max-width:42rem;margin:auto;padding:0 1.25rem}header{padding-top:3rem;padding-bottom:1rem}footer{padding-top:2rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
h1{font-size:2.1rem;line-height:1.2;letter-spacing:-.01em;margin:.2em 0;text-wrap:balance}h2{font-size:1.4rem;line-height:1.3;margin:1.6em 0 .3em}
a{color:var(--link);text-underline-offset:.18em}a:focus-visible{outline:3px solid var(--link);outline-offset:3px}h2 a,.home{color:inherit;text-decoration:none}h2 a:hover,.home:hover{text-decoration:underline}
.meta,.lead{color:var(--soft);margin:.3em 0}.meta{font-size:.9rem}article.row{border-top:1px solid var(--line);padding:.4rem 0 1.2rem}
img,video{display:block;max-width:100%;height:auto;border-radius:8px;margin:1.5rem 0}pre{overflow:auto;padding:1rem;border:1px solid var(--line);border-radius:8px;font-size:.9rem}
blockquote{margin:1.2rem 0;padding-left:1rem;border-left:3px solid var(--line);color:var(--soft)}table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid var(--line);padding:.35rem .7rem}nav{display:flex;gap:1.25rem;flex-wrap:wrap}`;

const hash = createHash("sha256").update(style).digest("base64");

/** No script, no frame, no form; pictures from here alone and this one style. */
export const pagePolicy = `default-src 'none'; img-src 'self'; media-src 'self'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
