/** A value of a PDF (ISO 32000-2, section 7.3). Names stand decoded, strings as Latin-1, streams as their dictionary. */
export type PdfValue =
  | { kind: "name"; name: string }
  | { kind: "text"; text: string }
  | { kind: "number"; number: number }
  | { kind: "reference"; number: number }
  | { kind: "array"; items: PdfValue[] }
  | PdfDictionary
  /** Of entries that stand several times under one name: readers differ in which of them they take. */
  | { kind: "several"; values: PdfValue[] }
  | { kind: "other" };
/** `scattered` where the entries are all names of a piece that does not read as a value. */
export type PdfDictionary = { kind: "dictionary"; entries: Map<string, PdfValue>; scattered?: true };

/** Deeper nesting than any writer makes. */
const MAX_DEPTH = 64;
const whitespace = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
const delimiters = new Set(Array.from("()<>[]{}/%", (mark) => mark.charCodeAt(0)));

/** Thrown where a document is not what it says, or asks for more work than its size explains. */
export class PdfProblem extends Error {}

/** The work that one document may cost, in bytes looked at. */
export type PdfBudget = { left: number };

/** Where reading stands; every byte that is looked at is taken from `budget`. */
type PdfReader = { readonly bytes: Uint8Array; at: number; readonly budget: PdfBudget };

function hasMore({ bytes, at }: PdfReader): boolean {
  return at < bytes.length;
}

function peek({ bytes, at }: PdfReader): number {
  return bytes[at] ?? -1;
}

function next(reader: PdfReader): number {
  reader.budget.left -= 1;
  if (reader.budget.left < 0) throw new PdfProblem("too much to read");
  const byte = peek(reader);
  reader.at += 1;
  return byte;
}

/** Goes on behind white space and comments. */
export function skipBlank(reader: PdfReader): void {
  while (hasMore(reader)) {
    if (peek(reader) === 0x25)
      while (hasMore(reader) && peek(reader) !== 0x0a && peek(reader) !== 0x0d) next(reader);
    else if (whitespace.has(peek(reader))) next(reader);
    else return;
  }
}

/**
 * Reads the value that begins at the reader, or behind what is blank there, and goes on behind it.
 *
 * @throws PdfProblem where there is none, or where it costs more than the budget
 */
export function readValue(reader: PdfReader, depth = 0): PdfValue {
  if (depth > MAX_DEPTH) throw new PdfProblem("too deep");
  skipBlank(reader);
  const first = peek(reader);
  if (first === 0x2f) return { kind: "name", name: name(reader) };
  if (first === 0x28) return { kind: "text", text: literal(reader) };
  if (first === 0x5b) return array(reader, depth);
  if (first === 0x3c)
    return reader.bytes[reader.at + 1] === 0x3c
      ? dictionary(reader, depth)
      : { kind: "text", text: hexadecimal(reader) };
  return numberOrWord(reader);
}

function name(reader: PdfReader): string {
  next(reader);
  let text = "";
  while (hasMore(reader) && !isEnd(peek(reader))) {
    const byte = next(reader);
    const code = byte === 0x23 ? hexAt(reader) : null;
    if (code !== null) reader.at += 2;
    text += String.fromCharCode(code ?? byte);
  }
  return text;
}

function hexAt({ bytes, at }: PdfReader): number | null {
  const digits = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0);
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : null;
}

function literal(reader: PdfReader): string {
  next(reader);
  const read: number[] = [];
  for (let open = 1; hasMore(reader);) {
    const byte = next(reader);
    if (byte === 0x28) open += 1;
    if (byte === 0x29) open -= 1;
    if (open === 0) break;
    if (byte === 0x5c) escaped(reader, read);
    else read.push(byte);
  }
  return Buffer.from(read).toString("latin1");
}

/** `\n` and its like, up to three octal digits, a line end that is none, or the character itself. */
function escaped(reader: PdfReader, read: number[]): void {
  const octal = /^[0-7]{1,3}/.exec(
    Buffer.from(reader.bytes.subarray(reader.at, reader.at + 3)).toString("latin1"),
  )?.[0];
  if (octal !== undefined) {
    reader.at += octal.length;
    read.push(Number.parseInt(octal, 8) & 0xff);
    return;
  }
  const byte = next(reader);
  const control = { 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0c }[byte];
  if (byte !== 0x0a && byte !== 0x0d) read.push(control ?? byte);
}

function hexadecimal(reader: PdfReader): string {
  next(reader);
  let digits = "";
  while (hasMore(reader) && peek(reader) !== 0x3e) digits += String.fromCharCode(next(reader));
  next(reader);
  return Buffer.from(digits.replace(/[^0-9a-f]/gi, ""), "hex").toString("latin1");
}

function array(reader: PdfReader, depth: number): PdfValue {
  next(reader);
  const items: PdfValue[] = [];
  for (skipBlank(reader); peek(reader) !== 0x5d; skipBlank(reader)) {
    if (!hasMore(reader)) throw new PdfProblem("an array without an end");
    items.push(readValue(reader, depth + 1));
  }
  next(reader);
  return { kind: "array", items };
}

function dictionary(reader: PdfReader, depth: number): PdfDictionary {
  reader.at += 2;
  const entries = new Map<string, PdfValue>();
  for (skipBlank(reader); peek(reader) !== 0x3e; skipBlank(reader)) {
    if (peek(reader) !== 0x2f) throw new PdfProblem("a dictionary without a key");
    const key = name(reader);
    const read = readValue(reader, depth + 1);
    const earlier = entries.get(key);
    const before = earlier?.kind === "several" ? earlier.values : earlier ? [earlier] : [];
    entries.set(key, before.length === 0 ? read : { kind: "several", values: [...before, read] });
  }
  // Others read on behind a single bracket.
  if (reader.bytes[reader.at + 1] !== 0x3e) throw new PdfProblem("a dictionary without an end");
  reader.at += 2;
  return { kind: "dictionary", entries };
}

function numberOrWord(reader: PdfReader): PdfValue {
  const word = plainWord(reader);
  if (word === "") throw new PdfProblem("nothing to read");
  if (!/^[+-]?\d*(?:\.\d*)?$/.test(word)) {
    if (/^(?:end)?(?:obj|stream)$/.test(word)) throw new PdfProblem("an object without an end");
    return { kind: "other" };
  }
  const back = reader.at;
  if (/^\+?\d+$/.test(word)) {
    skipBlank(reader);
    if (/^\+?\d+$/.test(plainWord(reader))) {
      skipBlank(reader);
      if (plainWord(reader) === "R") return { kind: "reference", number: Number(word) };
    }
  }
  reader.at = back;
  return { kind: "number", number: Number(word) };
}

function plainWord(reader: PdfReader): string {
  let word = "";
  while (hasMore(reader) && !isEnd(peek(reader)) && word.length < 40)
    word += String.fromCharCode(next(reader));
  return word;
}

function isEnd(byte: number): boolean {
  return whitespace.has(byte) || delimiters.has(byte);
}
