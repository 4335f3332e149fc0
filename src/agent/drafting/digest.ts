import type { Material } from "../sources/material.ts";
import { splitSentences } from "../text/sentences.ts";
import { meaningfulWords } from "../text/words.ts";
import { keyTags } from "./key-terms.ts";
import { rankSentences, selectSentences } from "./rank.ts";

/** What a piece of material says, in its own words. */
export type Digest = {
  title: string;
  /** The most telling sentences, best first, none repeating another. */
  sentences: { text: string; index: number }[];
  /** Tags without `#`, most telling first. */
  tags: string[];
};

const SENTENCES = 8;
const TAGS = 4;
/** Characters that key terms are counted in; a subject shows itself well before this. */
const TERM_TEXT = 60_000;

/** Reads material into a digest. Pure: the same material gives the same digest. */
export function digest(material: Pick<Material, "title" | "paragraphs" | "language">): Digest {
  const { title, paragraphs, language } = material;
  const sentences = splitSentences(paragraphs, language);
  const titleStems = meaningfulWords(title, language).map((word) => word.stem);
  const scores = rankSentences(sentences, titleStems);
  return {
    title,
    sentences: selectSentences(sentences, scores, SENTENCES).map(({ text, index }) => ({ text, index })),
    tags: keyTags(title, paragraphs.join("\n").slice(0, TERM_TEXT), language, TAGS),
  };
}
