import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import { specs } from "../../../test/support/specs.ts";
import { compose } from "../drafting/compose.ts";
import { digest } from "../drafting/digest.ts";
import { cleaned } from "../sources/cleaned.ts";
import { languageOf } from "../sources/language.ts";
import { parseMarkdown } from "../sources/markdown.ts";
import { joinSentences, sentencesOf } from "./sentences.ts";

const corpora = new URL("../../../test/fixtures/sentences/", import.meta.url);
const languages = (await readdir(corpora)).map((file) => file.replace(".txt", ""));

/** One sentence a line, written to be hard: abbreviations, ordinals, initials, quotations. */
async function corpus(language: string): Promise<string[]> {
  return (await readFile(new URL(`${language}.txt`, corpora), "utf8")).trim().split("\n");
}

describe("a paragraph is split where its sentences end", () => {
  test.each(languages)("in %s", async (language) => {
    const sentences = await corpus(language);
    expect(sentencesOf(joinSentences(sentences), language)).toEqual(sentences);
  });

  test.each(languages)("and %s is told from its own words, whatever the page says", async (language) => {
    const sentences = await corpus(language);
    const told = await languageOf(sentences, language === "en" ? "de" : "en");
    expect(told).toBe(language === "nb" ? "no" : language);
  });
});

test("a short brief is read in its own language", async () => {
  expect(await languageOf(["Neue Öffnungszeiten ab Juni. Wir öffnen um acht."], null)).toBe("de");
  expect(await languageOf(["Fête de l'été samedi"], null)).toBe("fr");
  expect(await languageOf(["Ok"], null)).toBe("en");
  expect(await languageOf(["Ok"], "pt-BR")).toBe("pt-BR");
  // Malay and Indonesian look alike to n-grams: here the page knows better.
  expect(await languageOf(["Selamat pagi, hari ini kami membuka toko baru di Jakarta."], "id")).toBe("id");
  expect(await languageOf(["We open at eight. Come by."], "en-GB")).toBe("en-GB");
  expect(await languageOf([], "not a language!")).toBe("en");
});

test("the time for a paragraph grows with its length, whatever stands in it", () => {
  for (const piece of [". ", "a.", "( ", '" ', "Dr. ", "1. ", "“x. ", "A. B. ", "...", "« ", "x)"]) {
    const time = (count: number) => {
      const text = piece.repeat(count);
      const before = process.cpuUsage();
      sentencesOf(text, "de");
      return process.cpuUsage(before).user / 1000;
    };
    time(1_000);
    const small = Math.max(2, time(1_000));
    // Thirty times the text: thirty times the time, and not its square.
    expect(time(30_000) / small, piece).toBeLessThan(30 * 8);
  }
});

const folder = `${specs}/articles`;
const articles = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".md"));
if (articles.length === 0) console.log(`skipped: no articles in ${folder}`);

describe.skipIf(articles.length === 0)("no point of a draft begins or ends within a sentence", () => {
  test.each(articles)("%s", async (file) => {
    const article = cleaned(parseMarkdown(await readFile(`${folder}/${file}`, "utf8")));
    const language = await languageOf(article.paragraphs, article.language);
    expect(language.slice(0, 2)).toBe(file.slice(0, 2));
    const made = digest({ ...article, language });
    expect(made.sentences.length).toBeGreaterThan(3);
    for (const { text } of made.sentences) {
      const paragraph = article.paragraphs.find((one) => one.includes(text)) ?? "";
      const at = paragraph.indexOf(text);
      expect(at, text).toBeGreaterThanOrEqual(0);
      expect(brokenOff(paragraph.slice(0, at), text, paragraph.slice(at + text.length))).toBeNull();
    }
    const whole = new Set(made.sentences.map(({ text }) => text));
    for (const connector of connectorRegistry().values()) {
      const [text = ""] = compose(connector, { digest: made, link: null, language }).parts;
      for (const line of text.split("\n").filter((one) => /^(?:•|-) /.test(one)))
        expect(whole).toContain(line.slice(2));
    }
  });
});

/** What is wrong with where a sentence was cut out, judged without the splitter's own rules. */
function brokenOff(before: string, text: string, after: string): string | null {
  if (/^\p{Ll}/u.test(text) && before !== "") return `begins within a sentence: ${text}`;
  if (before !== "" && !/[.!?…。！？।؟:۔]["'”’»)」』*]*\s?$/u.test(before))
    return `begins after "${before.slice(-20)}"`;
  if (/(?:^|\s)(?:\p{Lu}|[zduio]|bzw|ca|Dr|Mr|Mrs|Nr|No|e\.g|i\.e|p\.m|a\.m|Abb|usw)\.$/u.test(before.trim()))
    return `begins after an abbreviation: ${before.slice(-20)}`;
  if (/^\s*\p{Ll}/u.test(after)) return `ends before "${after.slice(0, 20)}"`;
  if (!/[.!?…。！？।؟۔]["'”’»)」』*]*$/u.test(text)) return `ends without a mark: ${text.slice(-20)}`;
  return null;
}
