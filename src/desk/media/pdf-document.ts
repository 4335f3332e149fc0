import { constants, inflateSync } from "node:zlib";
import type { PdfBudget, PdfDictionary, PdfValue } from "./pdf-objects.ts";
import { PdfProblem, readValue, skipBlank } from "./pdf-objects.ts";

/** Most that one object stream may unpack to, and that all of a document may, in bytes. */
const MAX_UNPACKED = 32 * 1024 * 1024;
const MAX_UNPACKED_IN_ALL = 128 * 1024 * 1024;
const MAX_OBJECTS = 1_000_000;
/** References that lead to references. */
const MAX_STEPS = 16;

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
  function keep(number: Beginning["number"], value: PdfValue): void {
    all.push(value);
    if (all.length > MAX_OBJECTS) throw new PdfProblem("too many objects");
    if (typeof number !== "number") return;
    const versions = numbered.get(number);
    if (versions) versions.push(value);
    else numbered.set(number, [value]);
  }
  function resolve(value: PdfValue | undefined, depth = 0): PdfValue[] {
    if (value === undefined) return [];
    if (value.kind === "several") return value.values.flatMap((one) => resolve(one, depth));
    if (value.kind !== "reference") return [value];
    const versions = numbered.get(value.number) ?? [];
    spend(budget, versions.length);
    if (depth > MAX_STEPS) throw new PdfProblem("references that lead nowhere");
    return versions.flatMap((version) => resolve(version, depth + 1));
  }

  const starts = beginnings(bytes);
  for (const [index, { number, at }] of starts.entries()) {
    const reader = { bytes, at, budget };
    const read = number === null ? null : readable(() => readValue(reader));
    const value = read ?? namesFrom(bytes, at, starts[index + 1]?.at, budget);
    keep(number, value);
    if (value.kind !== "dictionary" || !["N", "First"].every((key) => value.entries.has(key))) continue;
    if (value.scattered) throw new PdfProblem("a broken object stream");
    skipBlank(reader);
    const dataAt = streamData(bytes, reader.at);
    if (dataAt !== null) streams.push({ dictionary: value, dataAt });
  }
  let unpacked = 0;
  for (const { dictionary, dataAt } of streams) {
    const [count = 0, first = 0] = ["N", "First"].map((key) => countOf(dictionary.entries.get(key)));
    const end = endOfStream(bytes, dataAt);
    spend(budget, end - dataAt);
    const data = unpack(bytes.subarray(dataAt, end), dictionary);
    unpacked += data.length;
    if (unpacked > MAX_UNPACKED_IN_ALL) throw new PdfProblem("object streams that are too large");
    const within: PdfBudget = { left: data.length * 8 + 100_000 };
    const index = { bytes: data, at: 0, budget: within };
    for (let entry = 0; entry < count && entry < MAX_OBJECTS; entry += 1) {
      const [number, offset] = [readValue(index), readValue(index)];
      if (number.kind !== "number" || offset.kind !== "number")
        throw new PdfProblem("a broken object stream");
      keep(number.number, readValue({ bytes: data, at: first + offset.number, budget: within }));
    }
  }
  return { all, resolve };
}

type Beginning = { number: number | "trailer" | null; at: number };

/**
 * Where values begin, in their order: behind `trailer`, and behind each `obj` that a reader may take for the end of an object's
 * heading, wherever it stands. The number is told only of a heading that every reader reads alike.
 */
function beginnings(bytes: Uint8Array): Beginning[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Beginning[] = [];
  for (let at = buffer.indexOf("obj"); at !== -1; at = buffer.indexOf("obj", at + 3)) {
    const before = buffer.toString("latin1", Math.max(0, at - 200), at);
    // A line's end may be that of a comment behind the number.
    // short text: 200 characters.
    if (!/(?:^|[\d\r\n])[\0\t\n\f\r ]*$/.test(before)) continue;
    const heading = /(?:^|[\r\n]|endobj)[\0\t\f ]{0,40}(\d{1,10})[\t ]{1,40}\d{1,5}[\t ]{0,40}$/.exec(before);
    found.push({ number: heading ? Number(heading[1]) : null, at: at + 3 });
  }
  for (let at = buffer.indexOf("trailer"); at !== -1; at = buffer.indexOf("trailer", at + 7))
    found.push({ number: "trailer", at: at + 7 });
  return found.sort((a, b) => a.at - b.at);
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
 * What does not read as a value, as a dictionary of every name in it up to where the next value begins: bytes of a picture that
 * look like the beginning of an object have none that matter, and other readers may forgive what this one does not.
 */
function namesFrom(bytes: Uint8Array, at: number, end = bytes.length, budget: PdfBudget): PdfDictionary {
  spend(budget, end - at);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString("latin1");
  const names = Array.from(text.matchAll(/\/([!-$&'*-.0-;=?-Z\\^-z|~]{1,60})/g), ([, name = ""]) =>
    name.replace(/#([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  );
  const values = names.map((name): PdfValue => ({ kind: "name", name }));
  const entries = new Map<string, PdfValue>(names.map((name) => [name, { kind: "other" }] as const));
  for (const key of ["S", "Type", "Subtype"]) entries.set(key, { kind: "several", values });
  return { kind: "dictionary", entries, scattered: true };
}

/** Where the data of a stream begins, if a dictionary that ended before `at` has any. */
function streamData(bytes: Uint8Array, at: number): number | null {
  const after = Buffer.from(bytes.subarray(at, at + 8)).toString("latin1");
  if (!after.startsWith("stream")) return null;
  const line = /^stream(\r\n|\n|\r)/.exec(after)?.[0];
  if (line === undefined) throw new PdfProblem("a broken object stream");
  return at + line.length;
}

/** Writers say how much is in a list of objects where it stands; what a reference means depends on who reads. */
function countOf(value: PdfValue | undefined): number {
  if (value?.kind === "number" && Number.isInteger(value.number) && value.number >= 0) return value.number;
  throw new PdfProblem("a broken object stream");
}

function endOfStream(bytes: Uint8Array, dataAt: number): number {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf("endstream", dataAt);
  return end === -1 ? bytes.length : end;
}

function spend(budget: PdfBudget, amount: number): void {
  budget.left -= amount;
  if (budget.left < 0) throw new PdfProblem("too much to read");
}

/** The values of an entry that stand in the dictionary itself: one, or a list of them. */
function directly({ entries }: PdfDictionary, keys: string[]): PdfValue[] {
  return keys
    .flatMap((key) => entries.get(key) ?? [])
    .flatMap((value) => (value.kind === "array" ? value.items : [value]))
    .filter(({ kind }) => kind !== "other");
}

function unpack(data: Uint8Array, dictionary: PdfDictionary): Uint8Array {
  // Some readers take the short names too, which are meant for pictures within a page.
  const [filter, another] = directly(dictionary, ["Filter", "F"]);
  const plain = directly(dictionary, ["DecodeParms", "DP"]).every((value) => {
    if (value.kind !== "dictionary") return false;
    const predictor = value.entries.get("Predictor");
    return predictor === undefined || (predictor.kind === "number" && predictor.number <= 1);
  });
  if (filter === undefined && plain) return data;
  // What writers use. A chain of filters around a list of objects has only one purpose.
  const deflated = filter?.kind === "name" && (filter.name === "FlateDecode" || filter.name === "Fl");
  if (another !== undefined || !deflated || !plain)
    throw new PdfProblem("an object stream in an unusual encoding");
  try {
    return inflateSync(data, { maxOutputLength: MAX_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new PdfProblem("an object stream that cannot be unpacked", { cause: error });
  }
}
