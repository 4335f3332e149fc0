import { readdirSync, readFileSync } from "node:fs";
import { parsePo, type PoItem } from "pofile-ts";
import { describe, expect, test } from "vitest";
import { compileCatalogue } from "../../src/platform/texts/compile.ts";

// Whether a catalogue holds every message at all, `npm run texts:check` tells.

const folder = new URL("../../web/src/locales/", import.meta.url);
const translated = readdirSync(folder).flatMap((name) => (name.endsWith(".po") ? [name.slice(0, -3)] : []));

function read(language: string): string {
  return readFileSync(new URL(`${language}.po`, folder), "utf8");
}

/** The names of the values that a message holds, and whether it counts. */
function placesOf(message: string): string[] {
  return [...new Set(message.match(/\{\w+(?:, plural)?(?=[,}])/gu))].toSorted();
}

/** The forms of a message that counts. */
function formsOf(message: string): string[] {
  return [...message.matchAll(/(?:plural,|\}) (zero|one|two|few|many|other) \{/gu)].map(
    ([, form]) => form ?? "",
  );
}

/** What is one word in both languages, or no word at all. */
const same =
  /^(?:[\W\d_]|\{\w+\}|https?:\S*|RSS|CSV|Atom|Admin|App…|Feed|Import|Installation|Link|Live|Material|Name|Problem|Sitemap|System|Text|Version)+$/u;

describe.each(translated)("the catalogue of %s", (language) => {
  const items: PoItem[] = parsePo(read(language)).items;

  test("says every message", () => {
    expect(items.length).toBeGreaterThan(900);
    expect(items.filter(({ msgstr }) => (msgstr[0] ?? "") === "").map(({ msgid }) => msgid)).toEqual([]);
    expect(Object.keys(compileCatalogue(read(language)))).toHaveLength(items.length);
  });

  test("keeps the values of each message", () => {
    const wrong = items.filter(
      ({ msgid, msgstr: [text = ""] }) => placesOf(msgid).join() !== placesOf(text).join(),
    );
    expect(wrong.map(({ msgid, msgstr }) => [msgid, msgstr[0]])).toEqual([]);
  });

  test("has the forms of its language where a message counts", () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const counting = items.filter(({ msgid }) => msgid.includes(", plural,"));
    expect(counting.length).toBeGreaterThan(20);
    for (const { msgid, msgstr } of counting)
      expect([msgid, formsOf(msgstr[0] ?? "").toSorted()]).toEqual([msgid, needed]);
  });

  test("is no English left as it was", () => {
    const left = items.filter(({ msgid, msgstr }) => msgid === msgstr[0] && !same.test(msgid));
    expect(left.map(({ msgid }) => msgid)).toEqual([]);
  });
});
