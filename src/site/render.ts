import { createHash } from "node:crypto";
import type { Direction } from "#kit";
import { directionOf, directionOfLanguage, escapeHtml, mentionsAddress } from "#kit";
import type { SiteLinks } from "./links.ts";
import type { Entry } from "./site.store.ts";

/** The link of an entry whose text does not hold it; null where there is none to show beside the text. */
export function ownLink({ body, link }: Pick<Entry, "body" | "link">): string | null {
  const protocol = URL.parse(link ?? "")?.protocol;
  if (link === null || (protocol !== "https:" && protocol !== "http:")) return null;
  return mentionsAddress(body, link) ? null : link;
}

/** Language and direction of an entry, as attributes of the element around its text. */
export function spokenIn({ language, text, title }: Pick<Entry, "language" | "text" | "title">): string {
  const direction = language === null ? directionOf(text || title) : directionOfLanguage(language);
  return `${language === null ? "" : `lang="${escapeHtml(language)}" `}dir="${direction satisfies Direction}"`;
}

/** All of an entry for a reader that shows no page around it: files, text, link. */
export function wholeHtml(entry: Entry, links: SiteLinks): string {
  const link = ownLink(entry);
  return [
    ...entry.media.map((one) => `${mediaHtml(one, links)}\n`),
    entry.html,
    link === null ? "" : `<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>\n`,
  ].join("");
}

function mediaHtml(media: Entry["media"][number], links: SiteLinks): string {
  const address = escapeHtml(links.media(media.sha256));
  const label = escapeHtml(media.altText);
  if (media.mimeType.startsWith("image/")) {
    return `<img src="${address}" alt="${label}" width="${media.width}" height="${media.height}">`;
  }
  if (media.mimeType.startsWith("video/")) {
    return `<video src="${address}" controls preload="metadata" aria-label="${label}" width="${media.width}" height="${media.height}"></video>`;
  }
  return `<p><a href="${address}" download>${label === "" ? "Document (PDF)" : label}</a></p>`;
}

/** The first words of an entry, for lists and search engines. */
export function excerptOf({ html }: Pick<Entry, "html">, length = 240): string {
  const plain = html
    // Tags in it are our own, so they are short, and what follows is not shown.
    .slice(0, 40 * length)
    .replaceAll(/<[^<>]*(?:>|$)/g, " ")
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity)
    .replaceAll(/\s+/g, " ")
    .trim();
  const all = Array.from(plain);
  if (all.length <= length) return plain;
  return `${all
    .slice(0, length - 1)
    .join("")
    .trimEnd()}…`;
}

const characters: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

export const style = `
:root{color-scheme:light dark;--page:light-dark(#fbfaf7,#16171a);--text:light-dark(#1d1c1a,#e9e7e2);--soft:light-dark(#67635b,#a09c93);--line:light-dark(#e3dfd6,#313237);--link:light-dark(#8a3b12,#f0a37c)}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:1.0625rem/1.7 Georgia,"Iowan Old Style",serif}
main,header,footer{max-width:42rem;margin:auto;padding:0 1.25rem}header{padding-top:3rem;padding-bottom:1rem}footer{padding-top:2rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
h1{font-size:2.1rem;line-height:1.2;letter-spacing:-.01em;margin:.2em 0;text-wrap:balance}h2{font-size:1.4rem;line-height:1.3;margin:1.6em 0 .3em}
a{color:var(--link);text-underline-offset:.18em}a:focus-visible{outline:3px solid var(--link);outline-offset:3px}h2 a,.home{color:inherit;text-decoration:none}h2 a:hover,.home:hover{text-decoration:underline}
.meta,.lead{color:var(--soft);margin:.3em 0}.meta{font-size:.9rem}article.row{border-top:1px solid var(--line);padding:.4rem 0 1.2rem}
img,video{display:block;max-width:100%;height:auto;border-radius:8px;margin:1.5rem 0}pre{overflow:auto;padding:1rem;border:1px solid var(--line);border-radius:8px;font-size:.9rem}
blockquote{margin:1.2rem 0;padding-inline-start:1rem;border-inline-start:3px solid var(--line);color:var(--soft)}table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid var(--line);padding:.35rem .7rem}nav{display:flex;gap:1.25rem;flex-wrap:wrap}`;

const hash = createHash("sha256").update(style).digest("base64");

/** No script, no frame, no form; pictures from here alone and this one style. */
export const pagePolicy = `default-src 'none'; img-src 'self'; media-src 'self'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
