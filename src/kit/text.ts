import type { Problem } from "./errors.ts";

/**
 * Text that PostgreSQL or a platform cannot hold: lone surrogates and NUL. Such text is refused at
 * the door with the position, never silently repaired: what a person approves is what is sent.
 */
export function wellFormedProblem(path: string, text: string): Problem | null {
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    return { path, code: "text.nul", message: `There is a NUL character at position ${nul + 1}; remove it.` };
  }
  if (text.isWellFormed()) return null;
  const position = text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  return {
    path,
    code: "text.lone_surrogate",
    message: `There is half of a character (a lone surrogate) at position ${position + 1}; retype that character.`,
  };
}

// Bidirectional controls, zero-width characters (a joiner inside an emoji is ordinary and excluded),
// and the tag block, which can hide whole sentences from a reader but not from a machine.
const suspicious =
  /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u200c\u200d](?!\p{Extended_Pictographic})|(?<!\p{Extended_Pictographic}[\u{e0020}-\u{e007e}]*)[\u{e0000}-\u{e007f}]/gu;

/** Characters that a reader cannot see but that change what is sent; the approval page marks each. */
export function suspiciousCharacters(text: string): { index: number; codePoint: number }[] {
  return [...text.matchAll(suspicious)].map((match) => ({
    index: match.index,
    codePoint: match[0].codePointAt(0) ?? 0,
  }));
}
