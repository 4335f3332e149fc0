import type { Connector, VariantContent } from "#connectors";
import { sentencesOf } from "./sentences.ts";

/** A variant with one text and nothing else. */
export function plainVariant(text: string, link: string | null): VariantContent {
  return { parts: [text], link, media: [], firstComment: null, options: {} };
}

/**
 * Whether the platform would take the variant as it is. Problems that even the shortest text has, as
 * "needs an image" on Instagram, are for the author to solve and do not count here.
 */
export function fits(connector: Connector, variant: VariantContent): boolean {
  if (variant.parts.length > connector.limits.maxParts) return false;
  if (variant.parts.some((part) => connector.measure(part) > connector.limits.textLength)) return false;
  const shortest = { ...variant, parts: ["x"] };
  const inherent = new Set(connector.validate(shortest, []).map((problem) => problem.code));
  return connector.validate(variant, []).every((problem) => inherent.has(problem.code));
}

/**
 * The longest beginning of `text` that `accepts` takes: whole sentences where at least one fits, else
 * whole words with an ellipsis. Never ends inside a word. Empty where not even one word fits.
 */
export function fitText(text: string, language: string, accepts: (text: string) => boolean): string {
  if (accepts(text)) return text;
  const sentences = sentencesOf(text, language);
  for (let count = sentences.length - 1; count > 0; count -= 1) {
    const shorter = sentences.slice(0, count).join(" ");
    if (accepts(shorter)) return shorter;
  }
  return fitWords(sentences[0] ?? "", accepts);
}

/** Whole words of one sentence with an ellipsis, by bisection: measuring may be costly. */
export function fitWords(sentence: string, accepts: (text: string) => boolean): string {
  if (accepts(sentence)) return sentence;
  const words = sentence.split(/\s+/u);
  const upTo = (count: number) =>
    `${words
      .slice(0, count)
      .join(" ")
      .replace(/[\s,;:–—-]+$/u, "")}…`;
  let low = 0;
  let high = words.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (accepts(upTo(middle))) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : upTo(low);
}
