/**
 * The languages in which Galley speaks to people: the one list for dashboard, mails, pages and command line. English is
 * in the code; each other language is a catalogue (docs/translations.md).
 */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** As their speakers call them. */
export const languageNames: Record<Language, string> = { en: "English", de: "Deutsch" };

/** The language of a tag (BCP 47), whatever its region; null for one that Galley does not speak. */
export function knownLanguage(tag: string | null | undefined): Language | null {
  const base = tag?.split(/[-_]/u, 1)[0]?.toLowerCase();
  return languages.find((language) => language === base) ?? null;
}

/** What a reader wants most of what Galley speaks, by the header `Accept-Language` (RFC 9110 section 12.5.4). */
export function acceptedLanguage(header: string | undefined): Language | null {
  const wishes = (header ?? "").slice(0, 500).split(",").map(wishOf);
  const wanted = wishes
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight);
  for (const { tag } of wanted) {
    const language = knownLanguage(tag);
    if (language !== null) return language;
  }
  return null;
}

function wishOf(wish: string): { tag: string; weight: number } {
  const [tag = "", ...parameters] = wish.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => /^q=/iu.test(parameter));
  return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
}
