import { type Direction, directionOfLanguage } from "../../../src/kit/direction.ts";
import { knownLanguage, type Language } from "../../../src/kit/words/languages.ts";
import { readStored, writeStored } from "./storage.ts";

const key = "galley.language";

/**
 * What the person chose who was last signed in here, kept so that a page knows it before anybody is asked; null where
 * the browser's languages decide.
 */
function chosenLanguage(): Language | null {
  return knownLanguage(readStored(key));
}

type Page = { lang: string; dir: string };

/** Without a page, as in a test, there is nothing of it. */
const browser = globalThis as {
  document?: { documentElement: Page };
  location?: { reload: () => void };
};

let reader: string | null = null;

/**
 * What a person chose rules on each of their devices, from the next page on: that says one language all over, and no
 * text needs to be watched. Where it begins with somebody who chose another than it speaks, the page is loaded anew.
 */
export function followChoice(person: { id: string; language: Language | null }): void {
  const begins = reader !== person.id;
  reader = person.id;
  if (chosenLanguage() === person.language) return;
  writeStored(key, person.language);
  // Where nothing can be kept, the next page would not know it either.
  if (begins && chosenLanguage() === person.language) browser.location?.reload();
}

/** Where there is none, in tests, texts are English. */
const page = browser.document?.documentElement ?? null;

/** What this page speaks, as long as it is open. `opening.js` chooses it, before anything is shown. */
export const language: Language = knownLanguage(page?.lang) ?? "en";

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
