import { trimEndOf } from "#kit";

/** A text that occurs anywhere, as a pattern of `ilike`. */
export function patternOf(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** One thing that a post must hold: words in a row as they stand, a word in any of its forms, or a channel's handle. */
type Term = { kind: "phrase" | "word" | "handle"; text: string };

/** More words than these make a search no clearer, and each costs. */
const mostTerms = 8;

/** A word without the marks around it, as in "#letterpress," */
function bare(word: string): string {
  return trimEndOf(word.replace(/^[#(¿¡.,;:!?]+/u, ""), /[).,;:!?…]/u);
}

/**
 * What a search asks for: `"bound by hand"` in just these words, `@northwind` for its channel, every other word in
 * any form. What is no plain word ("100%", an address) is looked for as it stands.
 */
export function termsOf(search: string): Term[] {
  const terms: Term[] = [];
  for (const [whole, phrase] of search.matchAll(/["“”„«»]([^"“”„«»]+)["“”„«»]|[^\s"“”„«»]+/gu)) {
    const word = bare(whole);
    if (phrase?.trim()) terms.push({ kind: "phrase", text: phrase.trim() });
    else if (/^@[^\s@]{2,}$/u.test(word)) terms.push({ kind: "handle", text: word.slice(1) });
    else if (/^[\p{L}\p{N}\p{M}'’]+$/u.test(word)) terms.push({ kind: "word", text: word });
    else terms.push({ kind: "phrase", text: whole });
  }
  return terms.length > 0 ? terms.slice(0, mostTerms) : [{ kind: "phrase", text: search }];
}

/** Whether a text has pieces as `search_pieces` of the database makes them, which also makes some of shorter ones. */
export function hasPieces(search: string): boolean {
  return Array.from(search).length >= 3 || /[^\p{ASCII}]{2}/u.test(search);
}
