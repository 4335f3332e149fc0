import { describe, expect, test } from "vitest";
import { readFile } from "./columns.ts";
import { decodeCsv, readRecords, unguarded, writeCsv } from "./csv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, width = 3) =>
  readRecords(text, { delimiter: ",", width, mostRecords: 10_000 }).records;

function refusalOf(content: Uint8Array): string {
  try {
    readFile(content);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "read";
}

describe("records", () => {
  test("keep quotes, separators and line breaks of a cell, and know their line", () => {
    expect(read('a,b,c\n"x, ""y""","two\nlines",z\n\n1,2,3\n')).toEqual([
      { line: 1, cells: ["a", "b", "c"] },
      { line: 2, cells: ['x, "y"', "two\nlines", "z"] },
      { line: 5, cells: ["1", "2", "3"] },
    ]);
  });

  test.each([
    ["an open quotation mark", 'a,b,c\n1,"open,3\n4,5,6\n7,8,9'],
    ["an open one that a later quote would close", 'a,b,c\n1,"open,3\n4,"5",6\n7,8,9'],
    ["an open one that closes cleanly lines later", 'a,b,c\n1,"open,3\n4,5,6"\n7,8,9'],
    ["a quotation mark inside a cell", 'a,b,c\n1,"x"y,3\n4,5,6\n7,8,9'],
    ["a cell too few", "a,b,c\n1,2\n4,5,6\n7,8,9"],
    ["a cell too many", "a,b,c\n1,2,3,4\n4,5,6\n7,8,9"],
  ])("a line with %s loses nothing of the last line", (_name, text) => {
    const records = read(text);
    expect(records[0]).toEqual({ line: 1, cells: ["a", "b", "c"] });
    expect(records[1]).toMatchObject({ line: 2, wrong: expect.any(String) });
    expect(records.at(-1)).toEqual({ line: 4, cells: ["7", "8", "9"] });
  });

  test("of a file that is no CSV at all end early instead of taking for ever", () => {
    const quotes = Array.from({ length: 5000 }, () => 'a,"b').join("\n");
    const { records, complete } = readRecords(quotes, { delimiter: ",", width: 2, mostRecords: 5000 });
    expect(complete).toBe(false);
    expect(records.length).toBeLessThan(300);
  });
});

describe("a file", () => {
  const table = "text,channels\r\nGrüße aus Köln,sandbox\r\n";
  const utf16 = (littleEndian: boolean, mark: boolean) => {
    const units = mark ? `\u{FEFF}${table}` : table;
    const buffer = new DataView(new ArrayBuffer(units.length * 2));
    for (let index = 0; index < units.length; index += 1)
      buffer.setUint16(index * 2, units.charCodeAt(index), littleEndian);
    return new Uint8Array(buffer.buffer);
  };

  test.each([
    ["UTF-8", bytes(table)],
    ["UTF-8 with a mark", bytes(`\u{FEFF}${table}`)],
    ["UTF-16 little endian", utf16(true, true)],
    ["UTF-16 big endian", utf16(false, true)],
    ["UTF-16 without a mark", utf16(true, false)],
    ["semicolons", bytes(table.replaceAll(",", ";"))],
    ["tabs and old Mac line breaks", bytes(table.replaceAll(",", "\t").replaceAll("\r\n", "\r"))],
  ])("in %s is read", (_name, content) => {
    const { lines, notice } = readFile(content);
    expect(notice).toBeNull();
    expect(lines).toMatchObject([{ line: 2, cells: { text: "Grüße aus Köln", channels: "sandbox" } }]);
  });

  test("in Windows-1252 is read, and says so", () => {
    const { lines, notice } = readFile(Uint8Array.from(Buffer.from(table, "latin1")));
    expect(lines[0]?.cells?.["text"]).toBe("Grüße aus Köln");
    expect(notice).toContain("Windows-1252");
  });

  test("is refused with a reason", () => {
    expect(refusalOf(bytes(""))).toBe("desk.import_empty");
    expect(refusalOf(bytes("text,channels\n"))).toBe("desk.import_empty");
    expect(refusalOf(bytes("txt,channels\nx,y"))).toBe("desk.import_header");
    expect(refusalOf(bytes("text,text,channels\nx,y,z"))).toBe("desk.import_header");
    expect(refusalOf(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]))).toBe("desk.import_binary");
    expect(refusalOf(new Uint8Array(5_000_001))).toBe("desk.import_too_large");
    const line = "x,y\n";
    expect(refusalOf(bytes(`text,channels\n${line.repeat(5001)}`))).toBe("desk.import_too_many_lines");
    expect(refusalOf(bytes(`text,channels\n${line.repeat(5000)}`))).toBe("read");
    expect(() => readFile(bytes("txt,channels\nx,y"))).toThrow(/no column "txt".*"text" is missing/u);
  });

  test("has the same lines again when it is read again, and two equal lines are two", () => {
    const content = "text,channels\nsame,a\nsame,a\nother,a\n";
    const hashes = readFile(bytes(content)).lines.map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(3);
    const moved = "channels;text\r\na;other\r\na;same\r\na;same\r\n";
    expect(new Set(readFile(bytes(moved)).lines.map(({ hash }) => hash))).toEqual(new Set(hashes));
  });
});

test("no cell that is written becomes a formula, and each comes back as it was", () => {
  const cells = ["=1+1", "+49", "-3", "@daily", "\tx", 'say "hi"', "a,b", "two\nlines", "'quoted", "plain"];
  const text = decodeCsv(bytes(writeCsv(cells, [cells])))?.text ?? "";
  const [header] = readRecords(text, { delimiter: ",", width: null, mostRecords: 0 }).records;
  if (!header || "wrong" in header) throw new Error("not written as CSV");
  for (const cell of header.cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/u);
  expect(header.cells.map(unguarded)).toEqual(cells);
});
