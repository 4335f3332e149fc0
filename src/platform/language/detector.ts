import { eld } from "eld/extrasmall";

/** What a text's words look like. */
export type LanguageReading = {
  /** ISO 639-1; Norwegian is `no`. */
  language: string;
  /** How like the text is to a language (BCP 47), beside the one that it is likest: 0 to 1. */
  likeness(tag: string): number;
  /** UTF-8 bytes that were read: letters say more the more bytes they have. */
  bytes: number;
};

/** UTF-16 units: more says nothing new, and the n-grams end sooner. */
const most = 1_000;

/** What eld names otherwise: Norwegian in either form, and those that it does not know apart from a neighbour. */
const names: Record<string, string> = { nb: "no", nn: "no", id: "ms", bs: "hr" };

/** The language that a text looks like by its n-grams; null where it looks like none, or like two alike. Reads the start alone. */
export function readSample(text: string): LanguageReading | null {
  const sample = text
    .slice(0, 4 * most)
    // Addresses and names of accounts are in no language.
    .replaceAll(/https?:\/\/\S+|[@#]\S+/g, "")
    .trim()
    .slice(0, most)
    .toWellFormed();
  const found = eld.detect(sample);
  if (found.language === "" || !found.isReliable()) return null;
  const scores = new Map(Object.entries(found.getScores()));
  const best = scores.get(found.language) ?? 1;
  return {
    language: found.language,
    likeness(tag) {
      const base = tag.split("-", 1)[0]?.toLowerCase() ?? "";
      return (scores.get(names[base] ?? base) ?? 0) / best;
    },
    bytes: Buffer.byteLength(sample),
  };
}
