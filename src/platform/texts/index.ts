import type { Language, Message } from "#kit";

/** Says a message to a person. */
export type Say = (message: Message) => string;

/** What the server says in mails, pages and refusals; the command line has a catalogue of its own beside this one. */
const own = new URL("catalogues/", import.meta.url);

const speakers = new Map<string, Promise<Say>>();

/**
 * How messages are said in a language. English needs nothing; the catalogue of another is read and compiled when the first
 * message in it is to be said, so that a server that nobody asks for it holds none.
 */
export function speaking(language: Language, catalogues: URL = own): Promise<Say> {
  if (language === "en") return Promise.resolve(inEnglish);
  const { href } = new URL(`${language}.po`, catalogues);
  const known = speakers.get(href);
  if (known) return known;
  const speaker = import("./speaker.ts").then(({ speakerOf }) => speakerOf(language, new URL(href)));
  speakers.set(href, speaker);
  return speaker;
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
