import { constants, inflateSync } from "node:zlib";
import type { PdfBudget, PdfDictionary, PdfValue } from "./pdf-objects.ts";
import { PdfProblem, pdfReader } from "./pdf-objects.ts";

/** Most that one object stream may unpack to, and that all of a document may, in bytes. */
const MAX_UNPACKED = 32 * 1024 * 1024;
const MAX_UNPACKED_IN_ALL = 128 * 1024 * 1024;
const MAX_OBJECTS = 1_000_000;

/** Every object of a document by its number; one that was written several times stands with all its versions. */
export type PdfObjects = {
  all: PdfValue[];
  /** What a reference may mean; a direct value means itself. */
  resolve(value: PdfValue | undefined): PdfValue[];
};

type Stream = { dictionary: PdfDictionary; dataAt: number };

/**
 * Reads every object that stands anywhere in a PDF: those that its tables name, those that they do not, older
 * versions, and those in object streams. Readers differ in what they find through damaged or clever tables; this one
 * overlooks nothing that another might find. Content (pages, pictures, fonts) is not unpacked.
 *
 * @throws PdfProblem where an object stream cannot be read, or where there is more work than the size explains
 */
export function readPdfObjects(bytes: Uint8Array): PdfObjects {
  const budget: PdfBudget = { left: bytes.length * 8 + 1_000_000 };
  const numbered = new Map<number, PdfValue[]>();
  const all: PdfValue[] = [];
  const streams: Stream[] = [];
  function keep(number: number | null, value: PdfValue): void {
    all.push(value);
    if (all.length > MAX_OBJECTS) throw new PdfProblem("too many objects");
    if (number === null) return;
    const versions = numbered.get(number);
    if (versions) versions.push(value);
    else numbered.set(number, [value]);
  }
  function resolve(value: PdfValue | undefined): PdfValue[] {
    if (value === undefined) return [];
    if (value.kind === "array")
      return value.items.flatMap((item) => (item.kind === "array" ? [item] : resolve(item)));
    if (value.kind !== "reference") return [value];
    const versions = numbered.get(value.number) ?? [];
    spend(budget, versions.length);
    return versions;
  }

  for (const { number, at } of beginnings(bytes)) {
    const reader = pdfReader(bytes, at, budget);
    const value = readable(() => reader.value()) ?? namesFrom(bytes, at, budget);
    keep(number, value);
    if (value.kind !== "dictionary") continue;
    const dataAt = streamData(bytes, reader.at);
    if (dataAt !== null) streams.push({ dictionary: value, dataAt });
  }
  let unpacked = 0;
  for (const { dictionary, dataAt } of streams) {
    const [count, first] = ["N", "First"].map((key) => numberOf(resolve(dictionary.entries.get(key))));
    if (count === undefined || first === undefined) continue;
    const end = endOfStream(bytes, dataAt);
    spend(budget, end - dataAt);
    const data = unpack(bytes.subarray(dataAt, end), dictionary, resolve);
    unpacked += data.length;
    if (unpacked > MAX_UNPACKED_IN_ALL) throw new PdfProblem("object streams that are too large");
    const within: PdfBudget = { left: data.length * 8 + 100_000 };
    const index = pdfReader(data, 0, within);
    for (let entry = 0; entry < count && entry < MAX_OBJECTS; entry += 1) {
      const [number, offset] = [index.value(), index.value()];
      if (number.kind !== "number" || offset.kind !== "number")
        throw new PdfProblem("a broken object stream");
      keep(number.number, pdfReader(data, first + offset.number, within).value());
    }
  }
  return { all, resolve };
}

/** Where values begin: behind each `obj` that is a word or ends a number, wherever it stands, and behind `trailer`. */
function* beginnings(bytes: Uint8Array): Generator<{ number: number | null; at: number }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf("obj"); at !== -1; at = buffer.indexOf("obj", at + 3)) {
    const before = buffer
      .toString("latin1", Math.max(0, at - 200), at)
      .replace(/%[^\r\n]{0,200}[\r\n]/g, " ");
    if (/[A-Za-z]$/.test(before)) continue;
    const number = /(?:^|\D)(\d{1,10})[\0\t\n\f\r ]{1,200}\d{1,5}[\0\t\n\f\r ]{0,200}$/.exec(before)?.[1];
    yield { number: number === undefined ? null : Number(number), at: at + 3 };
  }
  for (let at = buffer.indexOf("trailer"); at !== -1; at = buffer.indexOf("trailer", at + 7))
    yield { number: null, at: at + 7 };
}

function readable(read: () => PdfValue): PdfValue | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof PdfProblem && error.message !== "too much to read") return null;
    throw error;
  }
}

/**
 * What does not read as a value, as a dictionary of every name in it up to `endobj`: bytes of a picture that look like the
 * beginning of an object have none that matter, and other readers may forgive what this one does not.
 */
function namesFrom(bytes: Uint8Array, at: number, budget: PdfBudget): PdfDictionary {
  const piece = Buffer.from(bytes.subarray(at, at + 65_536)).toString("latin1");
  const end = piece.indexOf("endobj");
  const text = end === -1 ? piece : piece.slice(0, end);
  spend(budget, text.length);
  const names = Array.from(text.matchAll(/\/([!-$&'*-.0-;=?-Z\\^-z|~]{1,60})/g), ([, name = ""]) =>
    name.replace(/#([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  );
  const items = names.map((name): PdfValue => ({ kind: "name", name }));
  const entries = new Map<string, PdfValue>(names.map((name) => [name, { kind: "other" }] as const));
  for (const key of ["S", "Type", "Subtype"]) entries.set(key, { kind: "array", items });
  return { kind: "dictionary", entries };
}

/** Where the data of a stream begins, if the dictionary that ends at `at` has any. */
function streamData(bytes: Uint8Array, at: number): number | null {
  const after = Buffer.from(bytes.subarray(at, at + 40)).toString("latin1");
  const keyword = /^[\0\t\n\f\r ]{0,20}stream(?:\r\n|\n|\r)/.exec(after)?.[0];
  return keyword === undefined ? null : at + keyword.length;
}

function numberOf(values: PdfValue[]): number | undefined {
  const found = values.find((value) => value.kind === "number");
  return found?.kind === "number" ? found.number : undefined;
}

function endOfStream(bytes: Uint8Array, dataAt: number): number {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf("endstream", dataAt);
  return end === -1 ? bytes.length : end;
}

function spend(budget: PdfBudget, amount: number): void {
  budget.left -= amount;
  if (budget.left < 0) throw new PdfProblem("too much to read");
}

function unpack(data: Uint8Array, { entries }: PdfDictionary, resolve: PdfObjects["resolve"]): Uint8Array {
  const filters = resolve(entries.get("Filter")).flatMap((value) =>
    value.kind === "name" ? [value.name] : [],
  );
  if (filters.length === 0) return data;
  const [filter, another] = filters;
  // What writers use. A chain of filters around a list of objects has only one purpose.
  const predictor = resolve(entries.get("DecodeParms")).flatMap((value) =>
    value.kind === "dictionary" ? resolve(value.entries.get("Predictor")) : [],
  );
  const plain = (numberOf(predictor) ?? 1) <= 1;
  if (another !== undefined || (filter !== "FlateDecode" && filter !== "Fl") || !plain)
    throw new PdfProblem("an object stream in an unusual encoding");
  try {
    return inflateSync(data, { maxOutputLength: MAX_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new PdfProblem("an object stream that cannot be unpacked", { cause: error });
  }
}
