import { eld } from "eld/extrasmall";
import { baseLanguage } from "../drafting/function-words.ts";

/** Characters that a language is told from; more says nothing new. */
const SAMPLE = 4_000;
/** With less text than this, what the page says of itself counts more than what its words look like. */
const SHORT = 200;

/**
 * The language of a text as a BCP 47 tag: by its own words, as n-grams know them, because pages often say "en" of
 * everything; by what the document declares where that is nearly as likely, or where there is little text. "en" where
 * nothing tells.
 */
export function languageOf(paragraphs: readonly string[], declared: string | null): string {
  const tag = validTag(declared);
  const sample = sampleOf(paragraphs);
  const read = eld.detect(sample);
  if (read.language === "" || !read.isReliable()) return tag ?? "en";
  if (tag === null) return read.language;
  const scores = new Map(Object.entries(read.getScores()));
  const best = scores.get(read.language) ?? 0;
  const own = scores.get(baseLanguage(tag)) ?? 0;
  const near = sample.length < SHORT ? 0.7 : 0.92;
  return own >= best * near ? tag : read.language;
}

/** Text from the front, without the addresses and names of accounts in it. */
function sampleOf(paragraphs: readonly string[]): string {
  let sample = "";
  for (const paragraph of paragraphs) {
    if (sample.length >= SAMPLE) break;
    sample += `${paragraph.slice(0, SAMPLE).replace(/https?:\/\/\S+|[@#]\S+/g, "")}\n`;
  }
  return sample.trim();
}

function validTag(tag: string | null): string | null {
  if (tag === null || tag.length > 35) return null;
  try {
    return Intl.getCanonicalLocales(tag.trim().replace(/_/g, "-"))[0] ?? null;
  } catch {
    return null;
  }
}
