import { withoutSuspicious } from "#kit";
import type { ParsedText } from "./parsed.ts";
import { withoutReferences } from "./text-marks.ts";

/** A document's text as it is drafted from: reference marks and what hides taken out, white space folded. */
export function cleaned(parsed: ParsedText): ParsedText {
  const paragraphs = parsed.paragraphs.map(clean).filter((paragraph) => paragraph !== "");
  return { ...parsed, title: clean(parsed.title), paragraphs };
}

function clean(text: string): string {
  return fold(withoutReferences(fold(withoutSuspicious(text))));
}

function fold(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
