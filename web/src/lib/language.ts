import { type Direction, directionOfLanguage } from "../../../src/kit/direction.ts";
import { readStored, writeStored } from "./storage.ts";

/** What the dashboard speaks. English is in the code; each other language is a catalogue of its own in `locales`. */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** As their speakers call them. */
export const languageNames: Record<Language, string> = { en: "English", de: "Deutsch" };

const key = "galley.language";

function known(tag: string | null): Language | undefined {
  return languages.find((language) => language === tag);
}

/** What a person chose on this device; null where the browser's languages decide. */
export function chosenLanguage(): Language | null {
  return known(readStored(key)) ?? null;
}

/** From the next page on: that says one language all over, and no text needs to be watched. */
export function chooseLanguage(language: Language | null): void {
  writeStored(key, language);
}

type Page = { lang: string; dir: string };

/** Where there is none, in tests, texts are English. */
const page = (globalThis as { document?: { documentElement: Page } }).document?.documentElement ?? null;

/** What this page speaks, as long as it is open. `opening.js` chooses it, before anything is shown. */
export const language: Language = known(page?.lang ?? null) ?? "en";

/**
 * How dates, numbers and prices are written (BCP 47): in the page's language, as in the region of the browser. Who
 * reads English in France gets the clock and the order of a date of France.
 */
export const locale: string = localeOf(language, page ? navigator.languages : []);

function localeOf(spoken: Language, accepted: readonly string[]): string {
  const same = accepted.find((tag) => tag.split("-")[0] === spoken);
  if (same !== undefined) return same;
  const region = accepted[0] === undefined ? undefined : new Intl.Locale(accepted[0]).maximize().region;
  return region === undefined ? spoken : `${spoken}-${region}`;
}

/** From which side the page runs: as its language does, unless the page says otherwise, which is how one tries it. */
export const direction: Direction = page?.dir === "rtl" ? "rtl" : directionOfLanguage(language);
if (page) page.dir = direction;

/** Where an arrow to the right leads: ahead, and back where the page runs from the right. */
export const rightwards: 1 | -1 = direction === "rtl" ? -1 : 1;
