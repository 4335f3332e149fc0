import { CsvError, type InfoRecord, parse } from "csv-parse/sync";

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
  const said = /^"?sep=([^"\s]|\t)"?[,;\t]*$/iu.exec(first)?.[1];
  const table = said === undefined ? text : text.slice(first.length);
  const header = table.trimStart().slice(0, 10_000).split("\n", 1)[0] ?? "";
  const known = [...(said === undefined ? [] : [said]), ";", "\t", ","].map((delimiter) => {
    const names = header.split(delimiter).map((name) => name.trim().replaceAll(/^"|"$/g, ""));
    return { delimiter, names: names.filter((name) => name !== "" && isColumn(name)).length };
  });
  const [best] = known.toSorted((left, right) => right.names - left.names);
  return { text: table, delimiter: best && best.names > 0 ? best.delimiter : (said ?? ",") };
}

/** No record is longer: an open quotation mark ends here at the latest. */
const longestRecord = 500_000;
/** A file with more lines that are not CSV is something else. */
const mostBroken = 200;

class Stop extends Error {
  readonly line: number;
  readonly next: number;
  constructor(line: number, next: number, message: string) {
    super(message);
    this.line = line;
    this.next = next;
  }
}

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
  const { mostRecords } = table;
  const lines = text.split("\n");
  const records: CsvRecord[] = [];
  let broken = 0;
  for (let start = 0; start < lines.length;) {
    const stop = readUntilWrong(lines, start, table, records);
    if (stop === null) break;
    if (records.length > mostRecords) return { records, complete: false };
    records.push({ line: stop.line, wrong: stop.message });
    broken += 1;
    if (broken > mostBroken) return { records, complete: false };
    start = stop.next - 1;
  }
  return { records, complete: records.length <= mostRecords };
}

/** Null: everything was read. Lines count from 1. */
function readUntilWrong(lines: string[], start: number, table: Table, records: CsvRecord[]): Stop | null {
  let last = start;
  function take(cells: string[], { lines: count }: InfoRecord): null {
    const begin = firstFilled(lines, last);
    last = start + count;
    if (cells.every((cell) => cell.trim() === "")) return null;
    const spanned = lines.slice(begin, last);
    if (!fits(cells, spanned, table)) {
      // A record over several lines with the wrong number of cells began with a stray quotation mark.
      const next = spanned.length > 1 ? begin + 1 : last;
      throw new Stop(
        begin + 1,
        next + 1,
        `This line has ${cells.length} cells, the header has ${table.width}; look for a missing or stray quotation mark or separator.`,
      );
    }
    records.push({ line: begin + 1, cells });
    if (records.length > table.mostRecords) throw new Stop(begin + 1, last + 1, "");
    return null;
  }
  try {
    parse(lines.slice(start).join("\n"), {
      delimiter: table.delimiter,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRecord,
      on_record: take,
    });
    return null;
  } catch (error) {
    if (error instanceof Stop) return error;
    if (!(error instanceof CsvError)) throw error;
    const begin = firstFilled(lines, last);
    return new Stop(
      begin + 1,
      begin + 2,
      "This line is not CSV: a quotation mark is not closed, or stands in the middle of a cell. Double it, or put the whole cell in quotation marks.",
    );
  }
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

/** CSV with a byte order mark, so that Excel reads UTF-8; no cell can become a formula. */
export function writeCsv(header: string[], rows: string[][]): string {
  const lines = [header, ...rows].map((row) => row.map(quoted).join(","));
  return `\u{FEFF}${lines.join("\r\n")}\r\n`;
}

function quoted(cell: string): string {
  const safe = formula.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** A cell as it was before `writeCsv` made it harmless; only for what `writeCsv` wrote. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
