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

export type PdfReader = { at: number; value(depth?: number): PdfValue; skipBlank(): void };

/** Reads values from `bytes`, beginning at `at`; every byte that is looked at is taken from `budget`. */
export function pdfReader(bytes: Uint8Array, at: number, budget: PdfBudget): PdfReader {
  const reader: PdfReader = { at, value, skipBlank };
  const peek = () => bytes[reader.at] ?? -1;

  function next(): number {
    budget.left -= 1;
    if (budget.left < 0) throw new PdfProblem("too much to read");
    const byte = peek();
    reader.at += 1;
    return byte;
  }

  function skipBlank(): void {
    while (reader.at < bytes.length) {
      if (peek() === 0x25) while (reader.at < bytes.length && peek() !== 0x0a && peek() !== 0x0d) next();
      else if (whitespace.has(peek())) next();
      else return;
    }
  }

  function value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) throw new PdfProblem("too deep");
    skipBlank();
    const first = peek();
    if (first === 0x2f) return { kind: "name", name: name() };
    if (first === 0x28) return { kind: "text", text: literal() };
    if (first === 0x5b) return array(depth);
    if (first === 0x3c)
      return bytes[reader.at + 1] === 0x3c ? dictionary(depth) : { kind: "text", text: hexadecimal() };
    return numberOrWord();
  }

  function name(): string {
    next();
    let text = "";
    while (reader.at < bytes.length && !isEnd(peek())) {
      const byte = next();
      const code = byte === 0x23 ? hexAt(reader.at) : null;
      if (code !== null) reader.at += 2;
      text += String.fromCharCode(code ?? byte);
    }
    return text;
  }

  function hexAt(index: number): number | null {
    const digits = String.fromCharCode(bytes[index] ?? 0, bytes[index + 1] ?? 0);
    return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : null;
  }

  function literal(): string {
    next();
    const read: number[] = [];
    for (let open = 1; reader.at < bytes.length;) {
      const byte = next();
      if (byte === 0x28) open += 1;
      if (byte === 0x29) open -= 1;
      if (open === 0) break;
      if (byte === 0x5c) escaped(read);
      else read.push(byte);
    }
    return Buffer.from(read).toString("latin1");
  }

  /** `\n` and its like, up to three octal digits, a line end that is none, or the character itself. */
  function escaped(read: number[]): void {
    const octal = /^[0-7]{1,3}/.exec(
      Buffer.from(bytes.subarray(reader.at, reader.at + 3)).toString("latin1"),
    )?.[0];
    if (octal !== undefined) {
      reader.at += octal.length;
      read.push(Number.parseInt(octal, 8) & 0xff);
      return;
    }
    const byte = next();
    const control = { 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0c }[byte];
    if (byte !== 0x0a && byte !== 0x0d) read.push(control ?? byte);
  }

  function hexadecimal(): string {
    next();
    let digits = "";
    while (reader.at < bytes.length && peek() !== 0x3e) digits += String.fromCharCode(next());
    next();
    return Buffer.from(digits.replace(/[^0-9a-f]/gi, ""), "hex").toString("latin1");
  }

  function array(depth: number): PdfValue {
    next();
    const items: PdfValue[] = [];
    for (skipBlank(); peek() !== 0x5d; skipBlank()) {
      if (reader.at >= bytes.length) throw new PdfProblem("an array without an end");
      items.push(value(depth + 1));
    }
    next();
    return { kind: "array", items };
  }

  function dictionary(depth: number): PdfDictionary {
    reader.at += 2;
    const entries = new Map<string, PdfValue>();
    for (skipBlank(); peek() !== 0x3e; skipBlank()) {
      if (peek() !== 0x2f) throw new PdfProblem("a dictionary without a key");
      const key = name();
      const read = value(depth + 1);
      const earlier = entries.get(key);
      const before = earlier?.kind === "several" ? earlier.values : earlier ? [earlier] : [];
      entries.set(key, before.length === 0 ? read : { kind: "several", values: [...before, read] });
    }
    // Others read on behind a single bracket.
    if (bytes[reader.at + 1] !== 0x3e) throw new PdfProblem("a dictionary without an end");
    reader.at += 2;
    return { kind: "dictionary", entries };
  }

  function numberOrWord(): PdfValue {
    const word = plainWord();
    if (word === "") throw new PdfProblem("nothing to read");
    if (!/^[+-]?\d*(?:\.\d*)?$/.test(word)) {
      if (/^(?:end)?(?:obj|stream)$/.test(word)) throw new PdfProblem("an object without an end");
      return { kind: "other" };
    }
    const back = reader.at;
    if (/^\+?\d+$/.test(word)) {
      skipBlank();
      if (/^\+?\d+$/.test(plainWord())) {
        skipBlank();
        if (plainWord() === "R") return { kind: "reference", number: Number(word) };
      }
    }
    reader.at = back;
    return { kind: "number", number: Number(word) };
  }

  function plainWord(): string {
    let word = "";
    while (reader.at < bytes.length && !isEnd(peek()) && word.length < 40)
      word += String.fromCharCode(next());
    return word;
  }

  return reader;
}

function isEnd(byte: number): boolean {
  return whitespace.has(byte) || delimiters.has(byte);
}
