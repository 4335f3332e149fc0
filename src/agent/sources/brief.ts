import { hasSentenceEnd } from "../text/boundaries.ts";
import { linkIn } from "./links.ts";
import type { ParsedText } from "./parsed.ts";

/**
 * A brief as material. Its first line is a title where it reads as one: others follow, and it does not end as a
 * sentence does. Otherwise all of it is text, and nothing of it stands twice.
 */
export function parseBrief(text: string): ParsedText {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [first = "", ...rest] = lines;
  const titled = rest.length > 0 && first.length <= 120 && !hasSentenceEnd(first);
  return {
    title: titled ? first : "",
    language: null,
    link: linkIn(text),
    date: null,
    paragraphs: titled ? rest : lines,
  };
}
