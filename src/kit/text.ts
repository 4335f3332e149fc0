import type { Problem } from "./errors.ts";
import { firstForbidden } from "./xml.ts";

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
  const position = text.search(/\p{Surrogate}/u);
  return {
    path,
    code: "text.lone_surrogate",
    message: `There is half of a character (a lone surrogate) at position ${position + 1}; retype that character.`,
  };
}

/**
 * Text that cannot go out, since the formats of feeds, pages and mails have no place for one of its characters: besides
 * what cannot be held, control characters and code points that are none (XML 1.0, `Char`). A draft may hold them until
 * somebody looks; it cannot be submitted.
 */
export function publishableProblem(path: string, text: string): Problem | null {
  const malformed = wellFormedProblem(path, text);
  if (malformed) return malformed;
  const position = firstForbidden(text);
  if (position < 0) return null;
  const name = (text.codePointAt(position) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return {
    path,
    code: "text.control_character",
    message: `There is a control character (U+${name}) at position ${position + 1}, which no page or feed can hold; remove it.`,
  };
}
