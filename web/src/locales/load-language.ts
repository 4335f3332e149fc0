import type { Messages } from "@lingui/core";
import type { Language } from "../../../src/kit/words/languages.ts";
import { language } from "../lib/language.ts";
import { loadTexts } from "../lib/texts.ts";

/** Each a file of its own, so that nobody loads two; `opening.js` has asked for it already. */
const catalogues: Record<Language, (() => Promise<{ default: Messages }>) | null> = {
  en: null,
  de: () => import("./de.po"),
};

/** Makes the page's language ready. Where its catalogue can't be had, the page is in English: better than none. */
export async function loadLanguage(): Promise<void> {
  const load = catalogues[language];
  if (load) loadTexts((await load().catch(() => ({ default: {} }))).default);
}
