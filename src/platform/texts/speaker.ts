import { readFile } from "node:fs/promises";
import { setupI18n } from "@lingui/core";
import type { Language } from "#kit";
import { isolated, keyOf, valuesOf } from "#kit";
import { compileCatalogue } from "./compile.ts";
import type { Say } from "./index.ts";

/** Says messages by a catalogue; what is missing from it is said in English. */
export async function speakerOf(language: Language, catalogue: URL): Promise<Say> {
  const messages = compileCatalogue(await readFile(catalogue, "utf8"));
  const i18n = setupI18n({ locale: language, messages: { [language]: messages } });
  const numbers = new Intl.NumberFormat(language);
  const shown = (value: string | number) =>
    typeof value === "number" ? numbers.format(value) : isolated(value);
  return (message) => {
    const key = keyOf(message);
    return Object.hasOwn(messages, key) ? i18n._(key, valuesOf(message, shown)) : message.message;
  };
}
