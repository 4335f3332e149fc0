import { readFile } from "node:fs/promises";
import { array, assert, integer, property, stringMatching } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Connector } from "#connectors";
import { connectorRegistry } from "#connectors";
import { parseBrief } from "../sources/brief.ts";
import { parseMarkdown } from "../sources/markdown.ts";
import { fitText, fitWords } from "../text/fit.ts";
import { sentencesOf, splitSentences } from "../text/sentences.ts";
import { compose } from "./compose.ts";
import { digest } from "./digest.ts";

const article = parseMarkdown(
  await readFile(new URL("../../../test/fixtures/articles/shade.md", import.meta.url), "utf8"),
);
const material = { ...article, language: "en" };
const link = "https://gazette.example/shade";
const whole = article.paragraphs.join(" ");

/** A platform that counts characters, with as much room as the test says. */
function platform(textLength: number): Connector {
  const sandbox = connectorRegistry().get("sandbox");
  if (!sandbox) throw new Error("the sandbox is missing");
  return {
    ...sandbox,
    limits: { ...sandbox.limits, textLength },
    measure: (text) => text.length,
    validate: (variant) =>
      variant.parts
        .filter((part) => part.length + (variant.link?.length ?? 0) > textLength)
        .map(() => ({ path: "/parts/0", code: "content.too_long", message: "Too long." })),
  };
}

describe("sentences", () => {
  test("abbreviations and initials end none", () => {
    expect(sentencesOf("Dr. Ada B. Lovelace met Mr. Babbage. They talked, e.g. about looms.", "en")).toEqual([
      "Dr. Ada B. Lovelace met Mr. Babbage.",
      "They talked, e.g. about looms.",
    ]);
  });

  test("a brief of catchwords still has some", () => {
    expect(splitSentences(["Summer hours", "from June"], "en").map(({ text }) => text)).toEqual([
      "Summer hours",
      "from June",
    ]);
  });
});

describe("the digest of a long article", () => {
  const made = digest(material);

  test("is the article's own words, without repetition, the same every time", () => {
    expect(made.sentences.length).toBeGreaterThanOrEqual(6);
    for (const { text } of made.sentences) expect(whole).toContain(text);
    expect(new Set(made.sentences.map(({ text }) => text)).size).toBe(made.sentences.length);
    expect(digest(material)).toEqual(made);
  });

  test("leads with what the article is about", () => {
    expect(made.sentences[0]?.text).toBe(
      "Lindow decided to plant four thousand street trees in eight years.",
    );
    expect(made.tags[0]).toBe("StreetTrees");
  });

  test("ten thousand sentences take no longer than three hundred", () => {
    const long = Array.from(
      { length: 10_000 },
      (_, index) => `Sentence number ${index} talks about trees and water at length.`,
    );
    const startedAt = performance.now();
    digest({ title: "Trees", paragraphs: long, language: "en" });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

describe("a variant", () => {
  const composition = { digest: digest(material), link, language: "en" };

  const japanese = {
    title: "街の木",
    paragraphs: ["町は八年間で四千本の街路樹を植えることにしました。", "三年間は水をやり続けます。"],
    language: "ja",
  };
  const oneWord = { title: "x".repeat(400), paragraphs: ["Trees."], language: "en" };
  const materials = {
    article: material,
    japanese,
    oneWord,
    hashes: { ...oneWord, title: "# * _ <b> & \u00a0" },
  };

  test.each([...connectorRegistry().values()].map((connector) => [connector.id, connector] as const))(
    "for %s has no problem that a drafter could avoid",
    (_, connector) => {
      for (const [name, made] of Object.entries(materials)) {
        const variant = compose(connector, { digest: digest(made), link, language: made.language });
        const problems = connector.validate(variant, []).filter(({ path }) => !path.startsWith("/media"));
        expect(problems, name).toEqual([]);
        for (const field of connector.options.filter(({ required }) => required))
          expect(variant.options[field.key], name).toBeTruthy();
      }
      expect(compose(connector, composition).parts[0]?.length).toBeGreaterThan(40);
    },
  );

  test.each([...connectorRegistry().values()].map((connector) => [connector.id, connector] as const))(
    "for %s says nothing of a brief twice",
    (_, connector) => {
      for (const text of [
        "Rain belongs to the roots. A gap in the kerb is enough.",
        "We open at eight from June on.",
        "We open at eight from June on. We open at eight from June on.",
        "Summer hours\nFrom June on we open at eight. Come by for a coffee.",
      ]) {
        const brief = { ...parseBrief(text), language: "en" };
        const title = brief.title || (sentencesOf(brief.paragraphs[0] ?? "", "en")[0] ?? "");
        const made = digest({ ...brief, title });
        const [drafted = ""] = compose(connector, { digest: made, link: null, language: "en" }).parts;
        for (const sentence of sentencesOf(text.replace("\n", " "), "en"))
          expect(drafted.split(sentence).length, drafted).toBeLessThanOrEqual(2);
        expect(drafted).toContain(sentencesOf(brief.paragraphs.join(" "), "en").at(-1));
      }
    },
  );

  test.each([40, 80, 120, 200, 280, 500, 3000])("for %i characters consists of whole words", (limit) => {
    const [text = ""] = compose(platform(limit + link.length), composition).parts;
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(limit);
    const body = text.replace(/(?:\n\n)?(?:#\w+ ?)+$/, "").replace(/…$/, "");
    for (const line of body.split("\n").filter(Boolean))
      expect(`${article.title} ${whole}`).toContain(lastWord(line));
  });

  test("a long post has the points as a list and no more than a feed shows", () => {
    const [text = ""] = compose(platform(3000), composition).parts;
    expect(text.match(/^• /gm)?.length).toBeGreaterThanOrEqual(3);
    expect(text.length).toBeLessThanOrEqual(1_300);
  });

  test("a mail has a subject within its limit", () => {
    const email = connectorRegistry().get("email");
    if (!email) throw new Error("the email connector is missing");
    const long = { ...composition, digest: { ...composition.digest, title: "Words ".repeat(200).trim() } };
    const subject = compose(email, long).options["subject"];
    if (typeof subject !== "string") throw new Error("the mail has no subject");
    expect(subject).toMatch(/Words…$/);
    expect(subject.length).toBeLessThanOrEqual(
      email.options.find(({ key }) => key === "subject")?.maxLength ?? 0,
    );
  });
});

function lastWord(line: string): string {
  return line.trim().split(/\s+/).at(-1) ?? "";
}

test("fitting never exceeds the room, and never cuts a word", () => {
  const words = array(stringMatching(/^[a-zäöü]{1,12}$/), { minLength: 1, maxLength: 40 });
  assert(
    property(words, integer({ min: 1, max: 200 }), (list, room) => {
      const text = `${list.join(" ")}.`;
      const accepts = (shorter: string) => shorter.length <= room;
      for (const fitted of [fitText(text, "en", accepts), fitWords(text, accepts)]) {
        expect(fitted.length).toBeLessThanOrEqual(room);
        const kept = fitted.replace(/…$/, "").split(" ").filter(Boolean);
        expect(text.split(" ").slice(0, kept.length)).toEqual(kept);
      }
    }),
  );
});
