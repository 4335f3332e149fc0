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
    text: found.replaceAll(/\r\n?/g, "\n"),
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

/** Commas, semicolons (Excel, where the comma is decimal) or tabs: whichever the header has most of. */
export function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/\n|$/u));
  const counts = [",", ";", "\t"].map((one) => ({ one, count: header.split(one).length }));
  return counts.toSorted((left, right) => right.count - left.count)[0]?.one ?? ",";
}

/** No record is longer: an open quotation mark ends here at the latest. */
const longestRecord = 250_000;
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

/**
 * All records of a text (line breaks are `\n`). A line that is not CSV is reported and reading goes on with
 * the line after it: an open quotation mark swallows nothing of the others.
 *
 * @param width the number of cells that a record has, from the header
 * @param mostRecords stops after one more than this
 */
export function readRecords(
  text: string,
  { delimiter, width, mostRecords }: { delimiter: string; width: number | null; mostRecords: number },
): { records: CsvRecord[]; complete: boolean } {
  const lines = text.split("\n");
  const records: CsvRecord[] = [];
  let broken = 0;
  for (let start = 0; start < lines.length;) {
    const stop = readUntilWrong(lines, start, { delimiter, width, records, mostRecords });
    if (stop === null) break;
    if (records.length > mostRecords) return { records, complete: false };
    records.push({ line: stop.line, wrong: stop.message });
    broken += 1;
    if (broken > mostBroken) return { records, complete: false };
    start = stop.next - 1;
  }
  return { records, complete: records.length <= mostRecords };
}

type Reading = { delimiter: string; width: number | null; records: CsvRecord[]; mostRecords: number };

/** Null: everything was read. Lines count from 1. */
function readUntilWrong(
  lines: string[],
  start: number,
  { delimiter, width, records, mostRecords }: Reading,
): Stop | null {
  let last = start;
  function take(cells: string[], { lines: count }: InfoRecord): null {
    const begin = firstFilled(lines, last);
    last = start + count;
    if (cells.every((cell) => cell.trim() === "")) return null;
    const spans = last - begin;
    if (width !== null && cells.length !== width) {
      // A record over several lines with the wrong number of cells began with a stray quotation mark.
      const next = spans > 1 ? begin + 1 : last;
      throw new Stop(
        begin + 1,
        next + 1,
        `This line has ${cells.length} cells, the header has ${width}; look for a missing or stray quotation mark or separator.`,
      );
    }
    records.push({ line: begin + 1, cells });
    if (records.length > mostRecords) throw new Stop(begin + 1, last + 1, "");
    return null;
  }
  try {
    parse(lines.slice(start).join("\n"), {
      delimiter,
      record_delimiter: "\n",
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

function firstFilled(lines: string[], from: number): number {
  let line = from;
  while (line < lines.length - 1 && lines[line] === "") line += 1;
  return line;
}

/** A spreadsheet takes a cell that begins so for a formula, and runs it (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/u;

/** CSV with a byte order mark, so that Excel reads UTF-8; no cell can become a formula. */
export function writeCsv(header: string[], rows: string[][]): string {
  const lines = [header, ...rows].map((row) => row.map(quoted).join(","));
  return `\u{FEFF}${lines.join("\r\n")}\r\n`;
}

function quoted(cell: string): string {
  const safe = formula.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The cell as it was before `writeCsv` made it harmless. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
}
