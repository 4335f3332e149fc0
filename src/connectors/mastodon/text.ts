import { countGraphemes } from "../text/graphemes.ts";
import { findUrls } from "../text/urls.ts";

/** Every link counts as this many, however long it is, unless the server says otherwise. */
const charactersOfUrl = 23;

/** Length as Mastodon counts it: graphemes, links as 23, and of a mention elsewhere the name alone. */
export function mastodonLength(text: string, perUrl = charactersOfUrl): number {
  let length = 0;
  let from = 0;
  for (const { start, end } of findUrls(text)) {
    // A bare domain is no link there.
    if (!/^https?:\/\//i.test(text.slice(start, start + 8))) continue;
    length += countGraphemes(shortMentions(text.slice(from, start))) + perUrl;
    from = end;
  }
  return length + countGraphemes(shortMentions(text.slice(from)));
}

// Usernames have up to 30 characters on Mastodon itself and 64 in its own expression of others'; domains 253 (RFC 1035).
const handle = /^@([a-z0-9_][a-z0-9_.-]{0,63})@[a-z0-9.-]{1,253}$/i;

/** `@ada@example.social` as it counts: `@ada`. Goes by words between spaces, so that each is looked at once. */
function shortMentions(text: string): string {
  if (!text.includes("@")) return text;
  return text.replaceAll(/[@\w.-]+/g, (word, offset: number) => {
    // Within an address, as of a profile, it is none.
    if (/[/=]/.test(text[offset - 1] ?? "")) return word;
    const [whole, name] = word.length <= 320 ? (handle.exec(word.replace(/[.-]{1,9}$/, "")) ?? []) : [];
    return whole === undefined || name === undefined ? word : `@${name}${word.slice(whole.length)}`;
  });
}

/** The warning counts with the text, addresses and mentions in it as they are written. */
export function statusLength(text: string, warning: string, perUrl = charactersOfUrl): number {
  return mastodonLength(text, perUrl) + countGraphemes(warning);
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
    .replaceAll(/<br {0,9}\/?>|<\/p>\s{0,9}<p>/gi, " ")
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&(#?\w{1,9});/g, (whole, name: string) => entities[name] ?? whole)
    .normalize("NFC")
    .replaceAll(/\s+/g, " ")
    .trim();
}
