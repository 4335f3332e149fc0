import { CsvError, type InfoRecord, parse } from "csv-parse/sync";
import { xmlCharacters } from "#kit";

/** The text of a file, with words where its encoding had to be guessed. */
export type Decoded = { text: string; notice: string | null };

/** One record: where it begins, and its cells or what is wrong with it. */
export type CsvRecord = { line: number; cells: string[] } | { line: number; wrong: string };

/**
 * Text of a CSV file as spreadsheets write it: UTF-8 or UTF-16 with or without a byte order mark; what is
 * neither is read as Windows-1252, which Excel writes in Western Europe, and said so. Null: no text at all.
 */
export function decodeCsv(bytes: Uint8Array): Decoded | null {
  const label = encodingOf(bytes);
  const text = label === null ? tryDecode("utf-8", bytes) : tryDecode(label, bytes);
  const found = text ?? (label === null ? tryDecode("windows-1252", bytes) : null);
  if (found === null || found.includes("\0")) return null;
  return {
    text: withLineFeeds(found),
    notice:
      text === null
        ? "This file is not UTF-8 and was read as Windows-1252. Look at accents and umlauts before you import."
        : null,
  };
}

function encodingOf(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // The header is plain letters, so every other byte of UTF-16 is zero.
  if (first !== 0 && second === 0) return "utf-16le";
  if (first === 0 && second !== 0 && second !== undefined) return "utf-16be";
  return null;
}

function tryDecode(label: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Old Macs end lines with a carriage return alone; elsewhere one may stand inside a cell, and stays. */
function withLineFeeds(text: string): string {
  const end = /\r\n|\n|\r/.exec(text)?.[0];
  return end === "\r" ? text.replaceAll(/\r\n?/g, "\n") : text;
}

/**
 * What separates the cells: commas, semicolons (Excel, where the comma is decimal), tabs, or what a first line
 * `sep=;` says, which Excel writes and reads as no part of the table. The separator is the one by which the
 * header names most columns; the `sep` line becomes an empty one, so that lines keep their numbers.
 */
export function separated(
  text: string,
  isColumn: (name: string) => boolean,
): { text: string; delimiter: string } {
  const first = text.slice(0, text.search(/\r?\n|$/u));
  // A spreadsheet that took the line for a row has given it quotation marks and empty cells.
  const declared = /^"?sep=([^"\s]|\t)"?[,;\t]*$/iu.exec(first)?.[1];
  const table = declared === undefined ? text : text.slice(first.length);
  const header = table.trimStart().slice(0, 10_000).split("\n", 1)[0] ?? "";
  const known = [...(declared === undefined ? [] : [declared]), ";", "\t", ","].map((delimiter) => {
    const names = header.split(delimiter).map((name) => name.trim().replaceAll(/^"|"$/g, ""));
    return { delimiter, names: names.filter((name) => name !== "" && isColumn(name)).length };
  });
  const [best] = known.toSorted((left, right) => right.names - left.names);
  return { text: table, delimiter: best && best.names > 0 ? best.delimiter : (declared ?? ",") };
}

/** No record is longer: an open quotation mark ends here at the latest. */
const longestRecord = 500_000;
/** A file with more lines that are not CSV is something else. */
const mostBroken = 200;

export type Table = {
  delimiter: string;
  /** Of the header; null for reading the header itself. `least`: how many of them no record may lack. */
  width: number | null;
  least: number;
  /** Reading stops after one more than this. */
  mostRecords: number;
};

/**
 * All records of a text (lines end with `\n` or `\r\n`). A line that is not CSV is reported and reading goes on
 * with the line after it: an open quotation mark swallows nothing of the others. Empty cells at the end of a
 * record may be missing, and there may be more of them than columns: spreadsheets write both.
 */
export function readRecords(text: string, table: Table): { records: CsvRecord[]; complete: boolean } {
  const lines = text.split("\n");
  const records: CsvRecord[] = [];
  let [start, size, broken] = [0, window, 0];
  while (start < lines.length) {
    const piece = pieceOf(lines, start, size);
    const read = readPiece(lines, piece, table, table.mostRecords + 1 - records.length);
    for (const record of read.records) {
      records.push(record);
      if ("wrong" in record) broken += 1;
    }
    if (records.length > table.mostRecords || broken > mostBroken) return { records, complete: false };
    size = read.next === start ? size * 2 : window;
    start = read.next;
  }
  return { records, complete: true };
}

/** Characters that are given to the parser at once: what is read again after a wrong line is never the rest of the file. */
const window = 65_536;

/** Whole lines, from `start` to before `end`. */
type Piece = { start: number; end: number };

function pieceOf(lines: string[], start: number, size: number): Piece {
  let end = start;
  for (let length = 0; end < lines.length && length < size; end += 1) length += (lines[end] ?? "").length + 1;
  return { start, end };
}

/** Ends the parser early; what it was is known by then. */
class Enough extends Error {}

/**
 * The records of a piece, `most` of them at most, and the line to go on with: the one after it; the one after a wrong
 * one; or that of a record whose end is not in the piece, which is then `start` where the piece was too small.
 */
function readPiece(
  lines: string[],
  { start, end }: Piece,
  table: Table,
  most: number,
): { records: CsvRecord[]; next: number } {
  const records: CsvRecord[] = [];
  // Every record ends with its line, also at the end of the file.
  const bytes = Buffer.from(`${lines.slice(start, end).join("\n")}\n`);
  const passed = lineCounter(bytes);
  let last = start;
  let next = end;
  function take(cells: string[], info: InfoRecord): null {
    const before = last;
    last = start + passed(info.bytes);
    if (cells.every((cell) => cell.trim() === "")) return null;
    // Looked for once in a row of empty lines, not at each of them.
    const begin = firstFilled(lines, before);
    const spanned = lines.slice(begin, last);
    const line = begin + 1;
    if (fits(cells, spanned, table)) records.push({ line, cells });
    else records.push({ line, wrong: wrongWidth(cells, table) });
    // A record over several lines with the wrong number of cells began with a stray quotation mark.
    const isStray = spanned.length > 1 && "wrong" in (records.at(-1) ?? {});
    if (isStray) next = begin + 1;
    if (isStray || records.length >= most) throw new Enough();
    return null;
  }
  try {
    parse(bytes, {
      delimiter: table.delimiter,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRecord,
      on_record: take,
    });
  } catch (error) {
    if (error instanceof CsvError) {
      const begin = firstFilled(lines, last);
      if (error.code === "CSV_QUOTE_NOT_CLOSED" && end < lines.length) return { records, next: begin };
      records.push({ line: begin + 1, wrong: notCsv });
      return { records, next: begin + 1 };
    }
    if (!(error instanceof Enough)) throw error;
  }
  return { records, next };
}

/** Tells how many lines end before a byte, asked in rising order: the parser counts `\r\n` inside a cell twice. */
function lineCounter(bytes: Buffer): (before: number) => number {
  let count = 0;
  let next = bytes.indexOf("\n");
  return (before) => {
    for (; next >= 0 && next < before; next = bytes.indexOf("\n", next + 1)) count += 1;
    return count;
  };
}

const notCsv =
  "This line is not CSV: a quotation mark is not closed, or stands in the middle of a cell. Double it, or put the whole cell in quotation marks.";

function wrongWidth(cells: string[], { width }: Table): string {
  return `This line has ${cells.length} cells, the header has ${width}; look for a missing or stray quotation mark or separator.`;
}

/** Whether the cells are one line of the table, perhaps without empty ones at its end. */
function fits(cells: string[], spanned: string[], { delimiter, width, least }: Table): boolean {
  if (width === null || cells.length === width) return true;
  const filled = cells.findLastIndex((cell) => cell.trim() !== "") + 1;
  if (filled > width || cells.length < least) return false;
  // Several lines in too few cells: a text with line breaks, unless a whole line of the table is inside it.
  const swallows = spanned.slice(1).some((line) => line.split(delimiter).length === width);
  return cells.length > width || spanned.length === 1 || (filled >= least && !swallows);
}

function firstFilled(lines: string[], from: number): number {
  let line = from;
  while (line < lines.length - 1 && lines[line]?.trim() === "") line += 1;
  return line;
}

/**
 * A spreadsheet takes a cell that begins so for a formula, and runs it (OWASP, CSV injection). With apostrophes
 * before it, it is what `guarded` would have written.
 */
const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** CSV with a byte order mark, so that Excel reads UTF-8; no cell can become a formula, or make the file no text. */
export function writeCsv(header: string[], rows: string[][]): string {
  const lines = [header, ...rows].map((row) => row.map(quoted).join(","));
  return `\u{FEFF}${lines.join("\r\n")}\r\n`;
}

function quoted(cell: string): string {
  const text = xmlCharacters(cell);
  const safe = formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** A cell as it was before `writeCsv` made it harmless; only for what `writeCsv` wrote. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
