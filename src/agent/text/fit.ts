import { trimEndOf } from "#kit";
import { joinSentences, sentencesOf } from "./sentences.ts";
import { wordSegmenter } from "./words.ts";

const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

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
