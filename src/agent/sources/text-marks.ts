const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Calls for a source that editors leave in a text, in the languages of the larger encyclopaedias. */
const editorial = new Set(
  `citation needed|clarification needed|dubious|verification needed|failed verification|better source needed
  |original research?|original research|according to whom?|by whom?|who?|when?|where?|which?|edit|edit source
  |bearbeiten|quelltext bearbeiten|beleg erforderlich|beleg fehlt|modifier|modifier le code|réf. nécessaire
  |référence nécessaire|editar|editar código|cita requerida|carece de fontes|modifica|modifica wikitesto
  |senza fonte|bron?|править|править код|источник не указан|要出典|来源请求|來源請求`
    .split("|")
    .map((call) => call.trim()),
);
const bracketed = /\[([^[\]]{1,60})\]/g;
/** `2`, `1, 2`, `3–5`, `a`, `note 4`, `Anm. 1`: what a mark in brackets holds. Counting begins at 1. */
const mark =
  /^(?:[1-9]\d{0,2}(?:(?:, ?|; ?|[–-])\d{1,3}){0,8}|[a-z]|(?:note|nb|n|fn|anm\.|ref|注|註) ?\d{1,3})$/iu;
const raised = /[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}/g;
/** Where a paragraph is a note itself: `[^2]: …`, `[2] Smith, 2003`, `^ a b`, `↑`, `² See …`. */
const note =
  /^\s{0,3}(?:\[\^[^\]\s]{1,60}\]:|\[\d{1,3}\](?::|\s)|\^\s|↑|[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹]{0,2}\s?[\p{Lu}\p{Lo}])/u;

/**
 * A paragraph without reference marks, as a reader takes it in: `[2]`, `[^2]`, `¹`, `[citation needed]` and ↑
 * point away from the text and say nothing in a post. Units and powers (m², 10⁶) stay. Empty where the
 * paragraph is a note itself. Takes time in proportion to the text.
 */
export function withoutReferences(paragraph: string): string {
  if (note.test(paragraph.slice(0, 100))) return "";
  return paragraph
    .replace(bracketed, (whole, inner: string, at: number) =>
      isReference(
        inner,
        paragraph.slice(Math.max(0, at - 2), at),
        paragraph.slice(at + whole.length, at + whole.length + 2),
      )
        ? ""
        : whole,
    )
    .replace(raised, (whole, at: number, text: string) =>
      isPower(text.slice(Math.max(0, at - 4), at)) ? whole : "",
    )
    .replace(/[↑↩][\ufe0e\ufe0f]?/g, "")
    .replace(/ {2,}/g, " ");
}

function isReference(inner: string, before: string, after: string): boolean {
  if (inner.startsWith("^") || editorial.has(inner.trim().toLowerCase())) return true;
  // An index in code is followed by what it is used for.
  if (!mark.test(inner) || /^(?:[\p{L}\p{N}_(=]| [=+*<>])/u.test(after)) return false;
  // Behind a letter it is an ending that an editor adds, as in "he say[s]", but for the letters that notes begin with.
  if (/^[d-z]$/iu.test(inner) && /[\p{L}\p{M}]$/u.test(before)) return false;
  return /[\p{L}\p{M}\p{N}\p{P}]$/u.test(before) || /[.!?…]\s$/.test(before);
}

/** A short unit, a number or a variable of a formula before a raised digit: "km²", "10⁶", "a+b²". */
function isPower(before: string): boolean {
  return (
    /(?:^|[\s\d/·=+*×÷(−<>≤≥≈±⁰¹²³⁴⁵⁶⁷⁸⁹])\p{L}{1,2}$/u.test(before) ||
    /\d$/.test(before) ||
    /^\p{L}{0,2}$/u.test(before)
  );
}

/** What stands raised in a text, in the characters that Unicode has for it; words stay as they are. */
export function raisedText(text: string): string {
  if (!/^\d{1,6}$/.test(text)) return text;
  return Array.from(text, (digit) => superscripts.charAt(Number(digit))).join("");
}
