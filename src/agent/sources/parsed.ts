import type { Wall } from "./walls.ts";

/** What the parser is asked; it runs in a thread of its own, see `parse.ts`. */
export type ParseRequest =
  | { kind: "html"; text: string; url: string }
  | { kind: "markdown"; text: string }
  | { kind: "brief"; text: string }
  | { kind: "feed"; text: string; url: string; item: string | null };

/** Plain text of a document. `link` is the address that the document gives for itself. */
export type ParsedText = {
  title: string;
  /** What the document says of itself; after the thread, which looks at the text too, a BCP 47 tag. */
  language: string | null;
  link: string | null;
  /** When it was published, in ISO 8601; null where nothing says it or it cannot be read. */
  date: string | null;
  paragraphs: string[];
};

export type ParseAnswer = { parsed: ParsedText } | { failure: ParseFailure; detail: string };

export type ParseFailure = "empty" | "too_complex" | "not_a_feed" | "no_such_item" | Wall;

/** Thrown inside the thread, where the reason is known. */
export class ParseRefusal extends Error {
  readonly failure: ParseFailure;

  constructor(failure: ParseFailure, detail = "") {
    super(detail);
    this.failure = failure;
  }
}
