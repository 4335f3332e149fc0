import type { JsonObject } from "#kit";
import type { Connector, VariantContent } from "#connectors";
import type { Digest } from "./digest.ts";
import { fits, fitText, fitWords, plainVariant } from "./fit.ts";

/** What a variant is composed from. */
export type Composition = { digest: Digest; link: string | null; language: string };

/** From this length on a platform takes an article's points as a list; below it, one tight paragraph. */
const LONG_FORM = 1_000;
/** What people read on a feed before they scroll on, even where the platform takes more. */
const FEED_TEXT = 1_300;

/**
 * Writes one variant for a platform from a digest: a mail where the platform has a subject line, a post
 * with key points where there is room, else the strongest sentences that fit as a whole. Pure.
 */
export function compose(connector: Connector, composition: Composition): VariantContent {
  const options = subjectOption(connector, composition);
  const empty = { ...plainVariant("", composition.link), options };
  const accepts = (text: string) => fits(connector, { ...empty, parts: [text] });
  const opening = composition.digest.sentences[0]?.text ?? composition.digest.title;
  const text = candidates(connector, composition).find(accepts);
  return { ...empty, parts: [text ?? fitText(opening, composition.language, accepts)] };
}

/** Texts from the richest to the leanest; the first that fits is taken. */
function candidates(connector: Connector, composition: Composition): string[] {
  if (hasSubject(connector)) return mails(composition);
  if (connector.limits.textLength >= LONG_FORM) return longPosts(composition);
  return shortPosts(composition.digest);
}

function hasSubject(connector: Connector): boolean {
  return connector.options.some((option) => option.key === "subject");
}

function subjectOption(connector: Connector, { digest }: Composition): JsonObject {
  const field = connector.options.find((option) => option.key === "subject");
  if (!field) return {};
  return { subject: fitWords(digest.title, (text) => text.length <= field.maxLength) };
}

// The connector adds the link itself, as a button; see connectors/email.
function mails({ digest }: Composition): string[] {
  const [opening, ...points] = digest.sentences;
  return downFrom(Math.min(6, points.length), 0).map((count) =>
    paragraphs(
      opening?.text ?? digest.title,
      count > 0 ? `**Key points**\n\n${list(points.slice(0, count), "- ")}` : null,
    ),
  );
}

function longPosts({ digest }: Composition): string[] {
  const [opening, ...points] = digest.sentences;
  const counts = downFrom(Math.min(4, points.length), 0);
  const texts = counts.map((count) =>
    paragraphs(
      repeats(digest.title, opening?.text ?? "") ? null : digest.title,
      opening?.text ?? null,
      count > 0 ? list(points.slice(0, count), "• ") : null,
      hashtags(digest.tags),
    ),
  );
  const readable = texts.filter((text) => text.length <= FEED_TEXT);
  return [...readable, ...shortPosts(digest)];
}

function shortPosts(digest: Digest): string[] {
  const [opening, ...others] = digest.sentences;
  const start = opening?.text ?? digest.title;
  const withTitle = opening && !repeats(digest.title, start) ? digest.title : null;
  const tags = hashtags(digest.tags.slice(0, 3));
  const fewTags = hashtags(digest.tags.slice(0, 1));
  const pairs = others.slice(0, 4).map((other) => inReadingOrder([opening, other]));
  return [
    ...pairs.map((pair) => paragraphs(withTitle, pair, tags)),
    paragraphs(withTitle, start, tags),
    ...pairs.map((pair) => paragraphs(pair, tags)),
    paragraphs(start, tags),
    paragraphs(start, fewTags),
    start,
    // The best sentence alone is too long: a shorter one that is nearly as telling, whole.
    ...others.flatMap(({ text }) => [paragraphs(text, tags), text]),
    paragraphs(digest.title, tags),
    digest.title,
  ];
}

function inReadingOrder(sentences: (Digest["sentences"][number] | undefined)[]): string {
  return sentences
    .filter((sentence) => sentence !== undefined)
    .toSorted((left, right) => left.index - right.index)
    .map((sentence) => sentence.text)
    .join(" ");
}

function repeats(title: string, sentence: string): boolean {
  return title === "" || plainWords(sentence).includes(plainWords(title));
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
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
  return Array.from({ length: high - low + 1 }, (_, index) => high - index);
}
