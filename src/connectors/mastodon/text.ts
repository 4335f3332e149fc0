import { countGraphemes } from "../text/graphemes.ts";
import { findUrls } from "../text/urls.ts";

/** Every link counts as this many, however long it is. */
const charactersOfUrl = 23;

/** Length as Mastodon counts it: graphemes, links as 23, and of a mention elsewhere the name alone. */
export function mastodonLength(text: string): number {
  let rest = text;
  let length = 0;
  for (const url of findUrls(text)) {
    const address = text.slice(url.start, url.end);
    // A bare domain is no link there.
    if (!/^https?:\/\//i.test(address)) continue;
    rest = rest.replace(address, "");
    length += charactersOfUrl;
  }
  const shown = rest.replaceAll(/(?<![\w/@])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w/g, "@$1");
  return length + countGraphemes(shown);
}

/** The warning counts with the text. */
export function statusLength(text: string, warning: string): number {
  return mastodonLength(text) + mastodonLength(warning);
}

const entities: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  apos: "'",
  nbsp: " ",
};

/** The words of a status's HTML: paragraphs and breaks are spaces, tags fall away. */
export function plainText(html: string): string {
  return html
    .replaceAll(/<br\s*\/?>|<\/p>\s*<p>/gi, " ")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .normalize("NFC")
    .replaceAll(/\s+/g, " ")
    .trim();
}
