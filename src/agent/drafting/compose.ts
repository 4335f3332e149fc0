import type { Connector, VariantContent } from "#connectors";
import { fitText } from "../text/fit.ts";
import { joinSentences, plainWords } from "../text/sentences.ts";
import type { Digest } from "./digest.ts";
import { requiredOptions, titleField } from "./options.ts";
import { fits, plainVariant } from "./variant.ts";

/** What a variant is composed from. */
export type Composition = { digest: Digest; link: string | null; language: string };

/** From this length on a platform takes an article's points as a list; below it, one tight paragraph. */
const LONG_FORM = 1_000;
/** What people read on a feed before they scroll on, even where the platform takes more. */
const FEED_TEXT = 1_300;

/**
 * Writes one variant for a platform from a digest: an article where the platform has a title, a post with
 * key points where there is room, else the strongest sentences that fit as a whole. Pure.
 */
export function compose(connector: Connector, composition: Composition): VariantContent {
  const { digest, language } = composition;
  const options = requiredOptions(connector, digest.title);
  const empty = { ...plainVariant("", composition.link), options };
  const accepts = (text: string) => text !== "" && fits(connector, { ...empty, parts: [text] });
  const opening = digest.sentences[0]?.text ?? digest.title;
  const text = candidates(connector, digest).find(accepts);
  return { ...empty, parts: [text ?? fitText(opening, language, accepts)] };
}

/** Texts from the richest to the leanest; the first that fits is taken. */
function candidates(connector: Connector, digest: Digest): string[] {
  if (titleField(connector)) return articles(digest);
  if (connector.limits.textLength >= LONG_FORM) return longPosts(digest);
  return shortPosts(digest);
}

// The connector adds the link itself, as a button; see connectors/email.
function articles(digest: Digest): string[] {
  const [opening, ...points] = digest.sentences;
  const start = opening?.text ?? digest.title;
  return [
    ...downFrom(Math.min(6, points.length), 2).map((count) =>
      paragraphs(start, `**Key points**\n\n${list(points.slice(0, count), "- ")}`),
    ),
    ...points.slice(0, 1).map((point) => inReadingOrder([opening, point])),
    start,
  ];
}

function longPosts(digest: Digest): string[] {
  const [opening, ...points] = digest.sentences;
  const counts = downFrom(Math.min(4, points.length), 2);
  const texts = counts.map((count) => {
    const shown = points.slice(0, count);
    return paragraphs(
      headingOver(digest.title, [opening, ...shown]),
      opening?.text ?? null,
      list(shown, "• "),
      hashtags(digest.tags),
    );
  });
  const readable = texts.filter((text) => text.length <= FEED_TEXT);
  return [...readable, ...shortPosts(digest)];
}

function shortPosts(digest: Digest): string[] {
  const [opening, ...others] = digest.sentences;
  const start = opening?.text ?? digest.title;
  const tags = hashtags(digest.tags.slice(0, 3));
  const fewTags = hashtags(digest.tags.slice(0, 1));
  const pairs = others.slice(0, 4).map((other) => [opening, other]);
  return [
    ...pairs.map((pair) => paragraphs(headingOver(digest.title, pair), inReadingOrder(pair), tags)),
    paragraphs(headingOver(digest.title, [opening]), start, tags),
    ...pairs.map((pair) => paragraphs(inReadingOrder(pair), tags)),
    paragraphs(start, tags),
    paragraphs(start, fewTags),
    start,
    // The best sentence alone is too long: a shorter one that is nearly as telling, whole.
    ...others.flatMap(({ text }) => [paragraphs(text, tags), text]),
    paragraphs(digest.title, tags),
    digest.title,
  ];
}

type Sentences = (Digest["sentences"][number] | undefined)[];

function inReadingOrder(sentences: Sentences): string {
  const present = sentences.filter((sentence) => sentence !== undefined);
  return joinSentences(
    present.toSorted((left, right) => left.index - right.index).map((sentence) => sentence.text),
  );
}

/**
 * The title, or null where it would say what the sentences under it say: a brief and a page without a
 * title are named after their own first words.
 */
function headingOver(title: string, shown: Sentences): string | null {
  const words = plainWords(title);
  if (words === "" || shown.every((sentence) => sentence === undefined)) return null;
  const repeats = shown.some((sentence) => {
    const said = plainWords(sentence?.text ?? "");
    return said !== "" && (said.includes(words) || words.includes(said));
  });
  return repeats ? null : title;
}

function hashtags(tags: readonly string[]): string | null {
  return tags.length > 0 ? tags.map((tag) => `#${tag}`).join(" ") : null;
}

function list(sentences: Digest["sentences"], bullet: string): string {
  const inOrder = sentences.toSorted((left, right) => left.index - right.index);
  return inOrder.map(({ text }) => `${bullet}${text}`).join(bullet === "- " ? "\n" : "\n\n");
}

function paragraphs(...blocks: (string | null)[]): string {
  return blocks.filter((block) => block !== null && block !== "").join("\n\n");
}

function downFrom(high: number, low: number): number[] {
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => high - index);
}
