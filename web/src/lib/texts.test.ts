import { afterEach, describe, expect, test, vi } from "vitest";
import { compileCatalogue } from "../../catalogues.ts";

/** The module as a page in this language has it, before its catalogue is there. */
async function textsIn(language: string, ...accepted: string[]) {
  vi.resetModules();
  vi.stubGlobal("document", { documentElement: { lang: language, dir: "" } });
  vi.stubGlobal("navigator", { languages: accepted });
  return { ...(await import("./texts.ts")), ...(await import("./format.ts")) };
}

afterEach(() => {
  vi.unstubAllGlobals();
  // The next file has the modules as its own page would.
  vi.resetModules();
});

const german = compileCatalogue(String.raw`
msgid "Welcome, {name}"
msgstr "Willkommen, {name}"

msgid "{count, plural, one {# post} other {# posts}}"
msgstr "{count, plural, one {# Beitrag} other {# Beiträge}}"

msgid "{looks, plural, one {once, at {time}} other {# times, at {time}}}"
msgstr "{looks, plural, one {einmal, um {time}} other {#-mal, um {time}}}"

msgctxt "period"
msgid "Time"
msgstr "Zeitraum"

msgid "Not yet"
msgstr ""
`);

describe("in English, which needs no catalogue", () => {
  test("a text is said as it stands in the code, with its values", async () => {
    const { t, plural, msg } = await textsIn("en", "en-GB");
    expect(t`Welcome, ${{ name: "Ada #1" }}`).toBe("Welcome, Ada #1");
    expect(t({ message: "Time", context: "period" })).toBe("Time");
    expect(t`${{ done: 1 }} of ${{ all: 12_345 }}`).toBe("1 of 12,345");
    const looks = (count: number) =>
      plural({ count }, { one: msg`once, at ${{ time: "#9" }}`, other: msg`# times, at ${{ time: "#9" }}` });
    expect([looks(1), looks(2)]).toEqual(["once, at #9", "2 times, at #9"]);
  });

  test("words that run the other way keep to themselves, and no others", async () => {
    const { t } = await textsIn("en", "en-GB");
    expect(t`Approve “${{ title: "שלום" }}”?`).toBe("Approve “\u2068שלום\u2069”?");
    expect(t`Approve “${{ title: "Soup" }}”?`).toBe("Approve “Soup”?");
  });
});

describe("in German", () => {
  test("texts are an object whose fields wait for the catalogue", async () => {
    const { t, texts, loadTexts } = await textsIn("de", "de-AT");
    const greeting = vi.fn(() => ({ hello: t`Welcome, ${{ name: "Ada" }}`, none: "" }));
    const room = texts(greeting);
    expect(greeting).not.toHaveBeenCalled();
    expect(() => room.hello).toThrow("before its language is there");
    loadTexts(german);
    expect(room.hello).toBe("Willkommen, Ada");
    expect(Object.keys(room)).toEqual(["hello", "none"]);
    expect({ ...room }).toEqual({ hello: "Willkommen, Ada", none: "" });
    expect("hello" in room).toBe(true);
    expect(greeting).toHaveBeenCalledTimes(2);
  });

  test("numbers, forms and contexts are those of the catalogue; what it lacks is English", async () => {
    const { t, plural, msg, loadTexts } = await textsIn("de", "de-DE");
    loadTexts(german);
    const posts = (count: number) => plural({ count }, { one: "# post", other: "# posts" });
    expect([posts(1), posts(0), posts(12_345)]).toEqual(["1 Beitrag", "0 Beiträge", "12.345 Beiträge"]);
    const forms = { one: msg`once, at ${{ time: "9" }}`, other: msg`# times, at ${{ time: "9" }}` };
    expect(plural({ looks: 3 }, forms)).toBe("3-mal, um 9");
    expect(t({ message: "Time", context: "period" })).toBe("Zeitraum");
    expect(t`Time`).toBe("Time");
    expect(t`Not yet`).toBe("Not yet");
  });

  test("what a person wrote is said to the letter", async () => {
    const { t, loadTexts } = await textsIn("de");
    loadTexts(german);
    for (const name of [String.raw`C:\x41\u0041`, "{name}", "#", "it's '{'", "\\"])
      expect(t`Welcome, ${{ name }}`).toBe(`Willkommen, ${name}`);
  });
});

test.each([
  ["de", ["de-AT", "en"], "01.01.1970, 00:00"],
  ["de", ["en-US", "de"], "01.01.1970, 00:00"],
  ["en", ["en-US"], "Jan 1, 1970, 12:00 AM"],
  ["en", ["fr-FR"], "1 Jan 1970, 00:00"],
  ["en", [], "Jan 1, 1970, 12:00 AM"],
])("in %s, for a browser of %j, a moment is written %s", async (language, accepted, written) => {
  const { formatMoment } = await textsIn(language, ...accepted);
  expect(formatMoment("1970-01-01T00:00:00Z", "UTC").replaceAll(/\s/gu, " ")).toBe(written);
});

test("a list of names is read as one", async () => {
  const inGerman = await textsIn("de", "de");
  expect([[], ["a"], ["a", "b", "c"]].map(inGerman.formatList)).toEqual(["", "a", "a, b und c"]);
  const inEnglish = await textsIn("en", "en-GB");
  expect(inEnglish.formatList(["a", "b", "c"])).toBe("a, b, c");
});
