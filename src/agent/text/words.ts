import { functionWords } from "./function-words.ts";

const segmenters = new Map<string, Intl.Segmenter>();

/** The word segmenter of a language; an unknown tag falls back to the root rules of UAX 29. */
export function wordSegmenter(language: string): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known) return known;
  const made = new Intl.Segmenter(supported(language), { granularity: "word" });
  // A hostile page may name any language; the cache stays small.
  if (segmenters.size < 64) segmenters.set(language, made);
  return made;
}

function supported(language: string): string {
  try {
    return Intl.Segmenter.supportedLocalesOf([language])[0] ?? "en";
  } catch {
    return "en";
  }
}

/** One word of a text: as it was written, and the form under which its inflections count as one. */
export type Word = { surface: string; stem: string };

/** The words that carry meaning, in reading order. Numbers and single letters are not among them. */
export function meaningfulWords(text: string, language: string): Word[] {
  const words: Word[] = [];
  const without = functionWords(language);
  for (const { segment, isWordLike } of wordSegmenter(language).segment(text)) {
    if (!isWordLike || !/\p{L}/u.test(segment)) continue;
    const lower = segment.toLowerCase().replace(/['’]s$/, "");
    if (lower.length < 2 || without.has(lower)) continue;
    words.push({ surface: segment.replace(/['’]s$/, ""), stem: stem(lower) });
  }
  return words;
}

/** True for a function word, which never starts or ends a key term. */
export function isStopWord(word: string, language: string): boolean {
  return functionWords(language).has(word.toLowerCase());
}

/**
 * A plural counts with its singular. Deliberately weak: a wrong merge ("news" and "new") costs more
 * in a summary than a missed one.
 */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 3 && /[^suai]s$/.test(word)) return word.slice(0, -1);
  return word;
}
