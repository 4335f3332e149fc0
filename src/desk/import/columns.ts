import { isId, sha256 } from "#kit";
import { DeskError } from "../model/errors.ts";
import { tidied } from "./cell-forms.ts";
import { type CsvRecord, type Decoded, decodeCsv, readRecords, separated, unguarded } from "./csv.ts";

/** What a file may have; only `text` and `channels` must be there. */
export const columns = [
  "title",
  "text",
  "channels",
  "date",
  "time",
  "zone",
  "clock",
  "link",
  "media",
  "alt text",
  "first comment",
  "options",
] as const;

/** What an export adds for people; an import reads over it. A line with an `id` is one that an export wrote. */
export const informing = ["id", "status", "live at"] as const;

/** Cells of one line by column; options of their own columns are under `option:key`. */
export type Cells = Record<string, string>;

export type FileLine = { line: number; hash: string } & ({ cells: Cells } | { cells: null; wrong: string });

const mostLines = 5000;
export const mostBytes = 5_000_000;

/**
 * The lines of a file with their cells, in order. Lines that are not CSV are among them, with what is wrong.
 *
 * @throws DeskError `desk.import_*` for a file that as a whole is not what it should be
 */
export function readFile(bytes: Uint8Array): { lines: FileLine[]; notice: string | null } {
  if (bytes.length > mostBytes) {
    throw refused("too_large", `This file has more than ${mostBytes / 1e6} MB; split it.`, "too_large");
  }
  const { text: found, notice } = textOf(bytes);
  const { text, delimiter } = separated(found, (name) => isColumn(columnName(name)));
  const forHeader = { delimiter, width: null, least: 0, mostRecords: 0 };
  const { names, width } = headerOf(readRecords(text, forHeader).records[0]);
  const { records, complete } = readRecords(text, {
    delimiter,
    width,
    least: Math.max(...required.map((name) => names.indexOf(name))) + 1,
    mostRecords: mostLines + 1,
  });
  const data = records.slice(1);
  if (data.length === 0) throw refused("empty", "This file has a header and no lines.");
  if (!complete || data.length > mostLines) {
    throw refused(
      "too_many_lines",
      data.length > mostLines
        ? `A file may have ${mostLines} lines; split this one.`
        : "Too many lines of this file are not CSV; look at its separators and quotation marks.",
    );
  }
  return { lines: numbered(data, names), notice };
}

function textOf(bytes: Uint8Array): Decoded {
  const decoded = decodeCsv(bytes);
  if (decoded && decoded.text.trim() !== "") return decoded;
  throw refused(
    decoded ? "empty" : "binary",
    decoded
      ? "This file is empty."
      : "This file is no text. In a spreadsheet, choose “Save as” and then CSV (UTF-8).",
  );
}

const required = ["text", "channels"];
const known = new Set<string>([...columns, ...informing]);

function columnName(cell: string): string {
  return cell
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/gu, " ")
    .replace(/^option:\s*/u, "option:");
}

function isColumn(name: string): boolean {
  return known.has(name) || /^option:./u.test(name);
}

/** Of a file that is no table of ours a few names say enough. */
const mostReported = 10;

function shown(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 60).toWellFormed()}…`;
}

/** Each line is read column by column; a post has a dozen, and every option of every platform a few dozen more. */
const mostColumns = 300;

/**
 * The columns in order; one without a name may stay where its cells are empty. `width`: with those at the end that a
 * spreadsheet adds.
 */
function headerOf(record: CsvRecord | undefined): { names: string[]; width: number } {
  if (!record || "wrong" in record)
    throw refused("header", `The first line must name the columns, ${mostColumns} at most.`);
  const width = record.cells.length;
  const count = record.cells.findLastIndex((cell) => cell.trim() !== "") + 1;
  if (count > mostColumns) {
    const message = `The first line names ${count} columns; a file may have ${mostColumns}.`;
    throw refused("too_many_columns", `${message} Is this a table of posts, and is its separator right?`);
  }
  const names = record.cells.slice(0, count).map(columnName);
  const named = names.filter((name) => name !== "");
  const unknown = named.filter((name) => !isColumn(name));
  const missing = required.filter((name) => !named.includes(name));
  const firsts = new Set<string>();
  const twice = named.filter((name) => firsts.has(name) || !firsts.add(name));
  const problems = [
    ...unknown.slice(0, mostReported).map((name) => `There is no column "${shown(name)}".`),
    ...missing.map((name) => `The column "${name}" is missing.`),
    ...twice.slice(0, mostReported).map((name) => `The column "${shown(name)}" is there twice.`),
  ];
  if (problems.length === 0) return { names, width };
  throw new DeskError({
    code: "desk.import_header",
    kind: "unprocessable",
    message: `${problems.join(" ")} Columns are: ${columns.join(", ")}, and option:NAME.`,
    problems: problems.map((message) => ({ path: "/content", code: "desk.import_header", message })),
  });
}

/** Two equal lines of a file are two posts; the same file again has the same two. */
function numbered(records: CsvRecord[], names: string[]): FileLine[] {
  const seen = new Map<string, number>();
  return records.map((record) => {
    const wrong = "wrong" in record ? record.wrong : outside(record.cells, names);
    if ("wrong" in record || wrong !== null) {
      return { line: record.line, hash: sha256(`line ${record.line}`), cells: null, wrong: wrong ?? "" };
    }
    const exported = isId((record.cells[names.indexOf("id")] ?? "").trim());
    const named = names
      .map((name, index): [string, string] => [name, record.cells[index] ?? ""])
      .filter(([name]) => name !== "" && !informing.some((one) => one === name))
      // Only what an export made harmless is made as it was: an apostrophe of a person's own is text.
      .map(([name, cell]): [string, string] => [name, exported ? unguarded(cell) : cell]);
    const text = JSON.stringify(named.toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    const cells = exported ? named : named.map(([name, cell]) => [name, tidied(name, cell)]);
    return { line: record.line, hash: sha256(`${count} ${text}`), cells: Object.fromEntries(cells) };
  });
}

function outside(cells: string[], names: string[]): string | null {
  const position = cells.findIndex((cell, index) => cell.trim() !== "" && (names[index] ?? "") === "");
  return position < 0 ? null : `Cell ${position + 1} of this line stands under no column name.`;
}

function refused(
  reason: string,
  message: string,
  kind: "unprocessable" | "too_large" = "unprocessable",
): DeskError {
  return new DeskError({ code: `desk.import_${reason}`, kind, message });
}
