import type { Language, Message } from "#kit";

/** Says a message to a person. */
export type Say = (message: Message) => string;

/** What the server says in mails. */
const catalogues = new URL("catalogues/", import.meta.url);

const speakers = new Map<Language, Promise<Say>>();

/**
 * How messages are said in a language. English needs nothing; the catalogue of another is read and compiled when the first
 * message in it is to be said, so that a server that nobody asks for it holds none.
 */
export async function speaking(language: Language): Promise<Say> {
  if (language === "en") return inEnglish;
  const speaker = speakers.get(language) ?? speakerIn(language);
  speakers.set(language, speaker);
  try {
    return await speaker;
  } catch (error) {
    // The next letter tries again.
    speakers.delete(language);
    throw error;
  }
}

async function speakerIn(language: Language): Promise<Say> {
  const { speakerOf } = await import("./speaker.ts");
  return speakerOf(language, new URL(`${language}.po`, catalogues));
}

function inEnglish({ message }: Message): string {
  return message;
}

/** A day as it is written in a language (BCP 47), in UTC: "5 December 2026". */
export function dayIn(language: string, day: Date): string {
  // "en" alone would be American.
  const locale = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(day);
}
