import { meaningfulWords, segmenter } from "./words.ts";

/** A sentence of a text, with where it stands and the stems of its meaningful words. */
export type Sentence = { text: string; index: number; paragraph: number; stems: string[] };

/** Past this many sentences a text repeats itself more than it adds; ranking costs the square of it. */
const MAX_SENTENCES = 300;

// UAX 29 ends a sentence after "Dr." and "J." before a capital; these join the two halves again.
const abbreviation =
  /(?:^|[\s("'“‘])(?:\p{Lu}|[Dd]r|[Mm]rs?|[Mm]s|[Pp]rof|[Ss]t|[Jj]r|[Ss]r|[Vv]s|[Ee]tc|[Nn]o|[Ff]ig|[Gg]en|[Ss]en|[Rr]ep|[Gg]ov|[Cc]f|[Aa]pprox|e\.g|i\.e|[Ii]nc|[Ll]td|[Cc]o|z\.B|bzw|ca|Nr)\.\s*$/u;

/**
 * Splits paragraphs into sentences, in reading order, at most 300. Fragments are left out, unless there is
 * nothing else, as in a brief of catchwords.
 */
export function splitSentences(paragraphs: readonly string[], language: string): Sentence[] {
  const proper = collect(paragraphs, language, isSentence);
  return proper.length > 0 ? proper : collect(paragraphs, language, (text) => text.length <= 600);
}

function collect(
  paragraphs: readonly string[],
  language: string,
  accepts: (text: string, stems: string[]) => boolean,
): Sentence[] {
  const sentences: Sentence[] = [];
  for (const [paragraph, text] of paragraphs.entries()) {
    for (const sentence of sentencesOf(text, language)) {
      if (sentences.length === MAX_SENTENCES) return sentences;
      const stems = meaningfulWords(sentence, language).map((word) => word.stem);
      if (!accepts(sentence, stems)) continue;
      sentences.push({ text: sentence, index: sentences.length, paragraph, stems });
    }
  }
  return sentences;
}

/** The sentences of one paragraph; white space is folded, nothing else changes. */
export function sentencesOf(paragraph: string, language: string): string[] {
  const joined: string[] = [];
  let pending = "";
  for (const { segment } of segmenter(language, "sentence").segment(paragraph.replace(/\s+/gu, " "))) {
    pending += segment;
    if (abbreviation.test(pending)) continue;
    joined.push(pending.trim());
    pending = "";
  }
  if (pending.trim()) joined.push(pending.trim());
  return joined.filter((sentence) => sentence.length > 0);
}

function isSentence(text: string, stems: string[]): boolean {
  return stems.length >= 3 && text.length >= 25 && text.length <= 600 && /[.!?…。！？]["'”’»)]*$/u.test(text);
}
