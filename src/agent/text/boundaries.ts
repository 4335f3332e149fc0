import type { AbbreviationRules } from "./abbreviations.ts";
import { abbreviationRules } from "./abbreviations.ts";
import { baseLanguage, functionWords } from "./function-words.ts";
import type { QuotedSpans } from "./quoted-spans.ts";
import { quotedSpans } from "./quoted-spans.ts";

/** Characters before and after a full stop that are looked at. */
const windowLength = 60;

const terminal = /[\p{Sentence_Terminal}…‥]/u;
/** Marks that end a sentence wherever they stand; the others need a space or the end of the text behind them. */
const certain = /[。．！？｡।॥។።]/u;
const closing = /[\p{Pe}\p{Pf}'’*_]/u;
const opening = /^(?:[\s\p{Ps}\p{Pi}\p{Pf}"'„“«»¿¡*_–—#-]|\p{Extended_Pictographic}|\ufe0f)+/u;
/** A sentence goes on directly behind a quotation in these: 「…。」と言った, “……。”他说. */
const joinsQuotation = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

type Reading = {
  text: string;
  language: string;
  spans: QuotedSpans;
  rules: AbbreviationRules;
  starters: ReadonlySet<string>;
};

/**
 * The sentences of one paragraph whose white space is folded. UAX 29 knows no language and ends a sentence
 * after "7." and "z. B."; here a mark ends one only where the language's abbreviations, ordinals and
 * quotations allow it. In doubt two sentences stay together: half a sentence is worse than two.
 */
export function splitAtBoundaries(text: string, language: string): string[] {
  const reading: Reading = {
    text,
    language: baseLanguage(language),
    spans: quotedSpans(text),
    rules: abbreviationRules(language),
    starters: functionWords(language),
  };
  const sentences: string[] = [];
  let start = 0;
  let at = 0;
  while (at < text.length) {
    if (!isTerminal(reading, at)) {
      at += 1;
      continue;
    }
    const end = endOfMarks(reading, at);
    if (endsSentence(reading, { start, at, end })) {
      sentences.push(text.slice(start, end));
      start = end;
    }
    at = end;
  }
  sentences.push(text.slice(start));
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => sentence !== "");
}

/** True where a text ends as a sentence does, closing marks included. */
export function hasSentenceEnd(text: string): boolean {
  return /[\p{Sentence_Terminal}…‥;][\p{Pe}\p{Pf}"'’“«»\s]{0,6}$/u.test(text.slice(-12));
}

function isTerminal({ text, language }: Reading, at: number): boolean {
  const mark = text.charAt(at);
  return terminal.test(mark) || (mark === ";" && language === "el");
}

/** Past a run of marks and what closes with it: `?!`, `."`, `? »`, `!). 🎉`. */
function endOfMarks(reading: Reading, at: number): number {
  const { text, spans } = reading;
  let end = at;
  while (end < text.length) {
    const next = text.charAt(end);
    const spaced = next === " " && spans.openingOf(end + 1) !== undefined;
    if (spaced) end += 2;
    else if (isTerminal(reading, end)) end += 1;
    else if (spans.openingOf(end) !== undefined) end += 1;
    else if (closing.test(next) && !opensAgain(text, end)) end += 1;
    else break;
  }
  return end;
}

function opensAgain(text: string, at: number): boolean {
  return text.charAt(at - 1) === " " && text.charAt(at + 1) !== " ";
}

type Place = { start: number; at: number; end: number };

function endsSentence(reading: Reading, place: Place): boolean {
  const { text, spans } = reading;
  const { start, at, end } = place;
  if (end >= text.length) return true;
  if (spans.holds(end)) return false;
  const marks = text.slice(at, end);
  const rest = text.slice(end, end + windowLength);
  if (certain.test(marks)) return !(closing.test(marks.slice(-1)) && joinsQuotation.test(rest.charAt(0)));
  if (!/^\s/.test(rest)) return false;
  const next = rest.replace(opening, "");
  if (next === "") return true;
  if (/^\p{Ll}/u.test(next) && !/^\p{Ll}{1,2}\p{Lu}/u.test(next)) return false;
  if (/^[)\],;:]/.test(next)) return false;
  const starter = isStarter(reading, next);
  const inner = closesInside(reading, place);
  // An aside, or a title in quotation marks, within a sentence that goes on.
  if (inner === "bracket") return false;
  if (inner === "quote" && reading.language === "de") return starter;
  if (!/^\.[^.]*$/.test(marks)) return true;
  return !isAbbreviated(reading, {
    before: text.slice(Math.max(start, at - windowLength), at),
    next,
    starter,
  });
}

/** Whether the marks close a span that opened in the middle of the sentence, and no mark follows it. */
function closesInside({ text, spans }: Reading, { start, at, end }: Place): "quote" | "bracket" | null {
  const last = text.charAt(end - 1);
  if (terminal.test(last)) return null;
  for (let index = at; index < end; index += 1) {
    const from = spans.openingOf(index);
    if (from === undefined || text.slice(start, from).trim() === "") continue;
    return /[)\]）】]/.test(text.charAt(index)) ? "bracket" : "quote";
  }
  return null;
}

function isStarter({ starters }: Reading, next: string): boolean {
  const word = /^[\p{L}\p{M}'’]+/u.exec(next)?.[0] ?? "";
  // "С. Пушкин" begins with an initial, not with the word "с".
  if (word.length === 1 && next.charAt(1) === ".") return false;
  return /^\p{Lu}/u.test(word) && starters.has(word.toLowerCase().replace("’", "'"));
}

type Around = { before: string; next: string; starter: boolean };

/** Whether the full stop after `before` belongs to a word or number and ends nothing. */
function isAbbreviated({ rules, language }: Reading, { before, next, starter }: Around): boolean {
  if (!/\p{L}/u.test(before)) return true;
  const word = /[^\s("'“‘„«»[¿¡/–—]{1,40}$/u.exec(before)?.[0] ?? "";
  const chain = /(?:^|[\s(„“"«])((?:\p{L}{1,2}\.\s?){1,4}\p{L}{1,4})$/u.exec(before)?.[1]?.replace(/\s/g, "");
  for (const form of [chain, word]) {
    const lower = form?.toLowerCase() ?? "";
    if (rules.beforeName.has(lower)) return true;
    if (rules.beforeNumber.has(lower)) {
      if (/^(?:\p{N}|[IVXLCDM]+\b)/u.test(next)) return true;
      if (lower.length > 1) return false;
    }
    if (rules.atEnd.has(lower)) return false;
    if (rules.anywhere.has(lower)) return !starter;
  }
  if (word.endsWith("str") && /^\p{N}/u.test(next)) return true;
  if (/^\d{1,3}(?:[.:]\d{1,2})*$/.test(word)) return rules.ordinals && !starter && !isCounted(rules, before);
  if (/^[IVXLCDM]{2,6}$/.test(word)) return rules.ordinals && !starter;
  if (/^\p{L}\p{M}*$/u.test(word)) return !starter || followsName(before);
  // "U.S", "m.in": no domain has such short parts.
  if (/^(?:\p{L}{1,2}\.-?){1,4}\p{L}{1,2}$/u.test(word)) return !starter;
  if (!rules.vowels || language === "") return false;
  return (
    /^\p{L}?\p{Ll}{1,4}$/u.test(word) &&
    !/[aeiouyáéíóúàèìòùâêîôûäëïöüåøæœąęőűаеёиоуыэюяіїєαεηιουωάέήίόύώ]/iu.test(word) &&
    !starter
  );
}

/** "Nr. 12." is no ordinal. */
function isCounted(rules: AbbreviationRules, before: string): boolean {
  const name = /(?:^|\s)(\p{L}{1,8})\.\s?[\d.:]{1,12}$/u.exec(before)?.[1];
  return name !== undefined && rules.beforeNumber.has(name.toLowerCase());
}

/** An initial within a name: "Albert I. Will", not "you and I. Will". */
function followsName(before: string): boolean {
  return /(?:^|[\s("“„«])(?:\p{Lu}\.|\p{Lu}\p{Ll}+)\s?\p{Lu}$/u.test(before);
}
