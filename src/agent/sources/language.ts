import { readLanguage } from "#platform/language";

/** UTF-8 bytes. With less text than this, what the page says of itself counts more than what its words look like. */
const shortLength = 200;

/**
 * The language of a text as a BCP 47 tag: by its own words, because pages often say "en" of everything; by what the
 * document declares where that is nearly as likely, or where there is little text. "en" where nothing tells.
 */
export async function languageOf(paragraphs: readonly string[], declared: string | null): Promise<string> {
  const tag = validTag(declared);
  const read = await readLanguage(paragraphs.join("\n"));
  if (read === null) return tag ?? "en";
  if (tag === null) return read.language;
  return read.likeness(tag) >= (read.bytes < shortLength ? 0.7 : 0.92) ? tag : read.language;
}

function validTag(tag: string | null): string | null {
  if (tag === null || tag.length > 35) return null;
  try {
    return Intl.getCanonicalLocales(tag.trim().replace(/_/g, "-"))[0] ?? null;
  } catch {
    return null;
  }
}
