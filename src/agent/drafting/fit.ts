import { trimEndOf } from "#kit";
import type { Connector, VariantContent } from "#connectors";
import { joinSentences, sentencesOf } from "./sentences.ts";
import { wordSegmenter } from "./words.ts";

const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** A variant with one text and nothing else. */
export function plainVariant(text: string, link: string | null): VariantContent {
  return { parts: [text], link, media: [], firstComment: null, options: {} };
}

/**
 * Whether the platform would take the variant as it is. What no text can mend, as "needs an image" on
 * Instagram, is for the author to solve and does not count here.
 */
export function fits(connector: Connector, variant: VariantContent): boolean {
  if (variant.parts.length > connector.limits.maxParts) return false;
  if (variant.parts.some((part) => connector.measure(part) > connector.limits.textLength)) return false;
  return connector.validate(variant, []).every((problem) => problem.path.startsWith("/media"));
}

/**
 * The longest beginning of `text` that `accepts` takes: whole sentences where at least one fits, else
 * whole words with an ellipsis. Never ends inside a word. Empty where not even one word fits.
 */
export function fitText(text: string, language: string, accepts: (text: string) => boolean): string {
  if (accepts(text)) return text;
  const sentences = sentencesOf(text, language);
  const beginning = (count: number) => joinSentences(sentences.slice(0, count));
  const count = mostOf(sentences.length - 1, (some) => accepts(beginning(some)));
  return count === 0 ? fitWords(sentences[0] ?? "", accepts) : beginning(count);
}

/** Whole words of one sentence with an ellipsis. */
export function fitWords(sentence: string, accepts: (text: string) => boolean): string {
  if (accepts(sentence)) return sentence;
  const words = wordsWithSpace(sentence);
  const upTo = (count: number) => `${trimEndOf(words.slice(0, count).join(""), /[\s,;:、，：–—-]/u)}…`;
  const count = mostOf(words.length - 1, (some) => accepts(upTo(some)));
  return count === 0 ? "" : upTo(count);
}

/** The most that is accepted, at most `high`; 0 where not even one is. By bisection: measuring may be costly. */
function mostOf(high: number, accepts: (count: number) => boolean): number {
  let [low, most] = [0, high];
  while (low < most) {
    const middle = Math.ceil((low + most) / 2);
    if (accepts(middle)) low = middle;
    else most = middle - 1;
  }
  return Math.max(0, low);
}

/** A title within `maxLength` characters: whole words, or a beginning where one word alone is longer. Folded. */
export function fitTitle(title: string, maxLength: number): string {
  const folded = title.replace(/\s+/gu, " ").trim();
  const accepts = (text: string) => Array.from(text).length <= maxLength;
  const words = fitWords(folded, accepts);
  if (words !== "" || folded === "") return words;
  const graphemes = Array.from(new Intl.Segmenter("en").segment(folded.slice(0, maxLength * 8)));
  let cut = "";
  for (const { segment } of graphemes) {
    if (!accepts(`${cut}${segment}…`)) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** The words of a text, each with the space behind it. Scripts that write no spaces are cut by their words. */
function wordsWithSpace(text: string): string[] {
  if (!unspaced.test(text)) return text.match(/\S+\s*/gu) ?? [];
  const pieces: string[] = [];
  for (const { segment, isWordLike } of wordSegmenter("ja").segment(text.trim())) {
    const last = pieces.at(-1);
    const joins = last !== undefined && !/\s$/u.test(last) && !(isWordLike && unspaced.test(last + segment));
    if (joins) pieces[pieces.length - 1] = last + segment;
    else pieces.push(segment);
  }
  return pieces;
}
