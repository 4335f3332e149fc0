import { sha256 } from "#kit";
import { DeskError } from "../errors.ts";
import { type CsvRecord, type Decoded, decodeCsv, delimiterOf, readRecords, unguarded } from "./csv.ts";

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

/** What an export adds for people; an import reads over it. */
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
  const { text, notice } = textOf(bytes);
  const delimiter = delimiterOf(text);
  const [header] = readRecords(text, { delimiter, width: null, mostRecords: 0 }).records;
  const names = headerOf(header);
  const { records, complete } = readRecords(text, {
    delimiter,
    width: names.length,
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

function headerOf(record: CsvRecord | undefined): string[] {
  if (!record || "wrong" in record) throw refused("header", "The first line must name the columns.");
  const names = record.cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/gu, " "),
  );
  const known = new Set<string>([...columns, ...informing]);
  const unknown = names.filter((name) => !known.has(name) && !/^option:\s*\S/u.test(name));
  const missing = ["text", "channels"].filter((name) => !names.includes(name));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const problems = [
    ...unknown.map((name) => `There is no column "${name}".`),
    ...missing.map((name) => `The column "${name}" is missing.`),
    ...twice.map((name) => `The column "${name}" is there twice.`),
  ];
  if (problems.length === 0) return names.map((name) => name.replace(/^option:\s*/u, "option:"));
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
    if ("wrong" in record) {
      return { line: record.line, hash: sha256(`line ${record.line}`), cells: null, wrong: record.wrong };
    }
    const named = names
      .map((name, index): [string, string] => [name, unguarded(record.cells[index] ?? "")])
      .filter(([name]) => !informing.some((one) => one === name));
    const text = JSON.stringify(named.toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return { line: record.line, hash: sha256(`${count} ${text}`), cells: Object.fromEntries(named) };
  });
}

function refused(
  reason: string,
  message: string,
  kind: "unprocessable" | "too_large" = "unprocessable",
): DeskError {
  return new DeskError({ code: `desk.import_${reason}`, kind, message });
}
