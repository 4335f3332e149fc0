import { hasSentenceEnd, splitAtBoundaries } from "./boundaries.ts";
import { meaningfulWords } from "./words.ts";

/** A sentence of a text, with where it stands and the stems of its meaningful words. */
export type Sentence = { text: string; index: number; paragraph: number; stems: string[] };

/** Past this many sentences a text repeats itself more than it adds; ranking costs the square of it. */
const mostSentences = 300;
/** As many as a digest holds anyway. */
const FEW = 8;
/** Longer than any sentence that people read in a post. */
const longestLength = 600;
/** Shorter than this says too little to stand alone, in columns of a fixed-width font. */
const shortestLength = 25;

const wide = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303f\uff00-\uff60]/gu;

/**
 * Splits paragraphs into sentences, in reading order, at most 300, each once. Fragments are left out, unless
 * there is nothing else, as in a brief of catchwords, or hardly anything: who writes a few lines means each.
 */
export function splitSentences(paragraphs: readonly string[], language: string): Sentence[] {
  const proper = collect(paragraphs, language, isSentence);
  if (proper.length > FEW) return proper;
  const all = collect(paragraphs, language, (text) => text.length <= longestLength);
  return proper.length === 0 || all.length <= FEW ? all : proper;
}

function collect(
  paragraphs: readonly string[],
  language: string,
  accepts: (text: string, stems: string[]) => boolean,
): Sentence[] {
  const sentences: Sentence[] = [];
  const seen = new Set<string>();
  for (const [paragraph, text] of paragraphs.entries()) {
    for (const sentence of sentencesOf(text, language)) {
      if (sentences.length === mostSentences) return sentences;
      // Pages repeat a sentence as a pull quote, and people a line of their brief.
      const plain = plainWords(sentence);
      if (seen.has(plain)) continue;
      const stems = meaningfulWords(sentence, language).map((word) => word.stem);
      if (!accepts(sentence, stems)) continue;
      seen.add(plain);
      sentences.push({ text: sentence, index: sentences.length, paragraph, stems });
    }
  }
  return sentences;
}

/** The sentences of one paragraph; white space is folded, nothing else changes. */
export function sentencesOf(paragraph: string, language: string): string[] {
  return splitAtBoundaries(paragraph.replace(/\s+/gu, " ").trim(), language);
}

/** Sentences side by side, with a space where their script puts one. */
export function joinSentences(sentences: readonly string[]): string {
  let joined = "";
  for (const sentence of sentences) {
    const close = joined === "" || /[\u3000-\u303f\uff00-\uff60]/u.test(joined.slice(-1));
    joined += close ? sentence : ` ${sentence}`;
  }
  return joined;
}

/** The words of a text in lower case, single spaces between them: what two texts share, whatever their marks. */
export function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}

function isSentence(text: string, stems: string[]): boolean {
  const columns = text.length + (text.match(wide)?.length ?? 0);
  return (
    stems.length >= 3 && columns >= shortestLength && text.length <= longestLength && hasSentenceEnd(text)
  );
}
