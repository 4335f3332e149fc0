import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellToParts, cellToTexts, partsToCell, textsToCell, tidied } from "./cell-forms.ts";
import { readFile } from "./columns.ts";
import { decodeCsv, readRecords, unguarded, writeCsv } from "./csv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, width = 3) =>
  readRecords(text, { delimiter: ",", width, least: 3, mostRecords: 10_000 }).records;

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
    const { records, complete } = readRecords(quotes, {
      delimiter: ",",
      width: 2,
      least: 2,
      mostRecords: 5000,
    });
    expect(complete).toBe(false);
    expect(records.length).toBeLessThan(300);
  });
});

test.each(["\n", "\r\n"])("records come out whole, however long they are, where lines end with %j", (end) => {
  // Cells of 0 to 60,000 characters, among them line breaks, quotation marks and separators.
  const rows = Array.from({ length: 60 }, (_, index) => [
    String(index),
    `a, "b"\nc;\r\n`.repeat((index * index * 7) % 4_300),
    index % 7 === 0 ? "" : "x".repeat((index * 701) % 5_000),
  ]);
  const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).join(end);
  const found = readRecords(text, { delimiter: ",", width: 3, least: 3, mostRecords: 1_000 });
  expect(found.complete).toBe(true);
  expect(found.records.map((record) => ("cells" in record ? record.cells : record.wrong))).toEqual(rows);
  let line = 1;
  for (const [index, [, cell = ""]] of rows.entries()) {
    expect(found.records[index]?.line).toBe(line);
    line += cell.split("\n").length;
  }
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
    const options = Array.from({ length: 60_000 }, (_, index) => `option:${index}`).join();
    expect(() => readFile(bytes(`text,channels,${options}\n${line.repeat(5000)}`))).toThrow(/300/u);
    const many = Array.from({ length: 299 }, (_, index) => `option:${index}`).join();
    expect(refusalOf(bytes(`text,channels,${many}\n${line}`))).toBe("desk.import_too_many_columns");
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

const cellsOf = (content: string | Uint8Array) =>
  readFile(typeof content === "string" ? bytes(content) : content).lines.map(
    (line) => line.cells ?? line.wrong,
  );

describe("a file of Excel's", () => {
  const head = "title;text;channels;date;time;link";
  test.each([
    ["says its separator first", `sep=;\r\n${head}\r\nA;Hello;sandbox;;;\r\n`],
    ["says a comma first, and has them", "sep=,\ntitle,text,channels,date,time,link\nA,Hello,sandbox,,,\n"],
    ["says a tab first", `sep=\t\n${head.replaceAll(";", "\t")}\nA\tHello\tsandbox\t\t\t\n`],
    ["says another separator first", `sep=|\n${head.replaceAll(";", "|")}\nA|Hello|sandbox|||\n`],
    [
      "was opened and saved with its first line",
      `"sep=;",,,,,\n${head.replaceAll(";", ",")}\nA,Hello,sandbox,,,\n`,
    ],
    ["has a mark before the separator", `\u{FEFF}sep=;\n${head}\nA;Hello;sandbox;;;\n`],
    ["begins with an empty line", `\r\n${head}\r\nA;Hello;sandbox;;;\r\n`],
    ["has empty columns at its end", `${head};;;\nA;Hello;sandbox;;;;;;\n`],
    ["has the empty columns of a whole sheet", `${head}${";".repeat(16_378)}\nA;Hello;sandbox\n`],
    ["has cells beyond its columns", `${head}\nA;Hello;sandbox;;;;;;\n`],
    ["ends its lines early", `${head}\nA;Hello;sandbox\n`],
    ["has a comma in a column's cells", `${head}\n"A";"Hello";"sandbox"\n`],
  ])("that %s is read", (_name, content) => {
    expect(cellsOf(content)).toMatchObject([{ title: "A", text: "Hello", channels: "sandbox" }]);
  });

  test("may end a line of several early, and an open quotation mark still swallows nothing", () => {
    const [first, second] = cellsOf(
      `${head}\nA;"two\nlines; with a semicolon";sandbox\nB;Hello;sandbox;;;\n`,
    );
    expect(first).toMatchObject({ text: "two\nlines; with a semicolon", channels: "sandbox" });
    expect(second).toMatchObject({ title: "B" });
    const lines = cellsOf(`${head}\nA;"open;sandbox\nB;Hello;sandbox;;;\nC;"Ciao";sandbox\n`);
    expect(lines[0]).toContain("quotation mark");
    expect(lines.slice(1)).toMatchObject([{ title: "B" }, { title: "C" }]);
  });

  test("has its line numbers behind a line that says the separator", () => {
    const { lines } = readFile(bytes(`sep=;\n${head}\nA;Hello;sandbox\n`));
    expect(lines[0]?.line).toBe(3);
  });

  test("tells a cell that stands under no column", () => {
    expect(cellsOf(`${head};;\nA;Hello;sandbox;;;;left;\n`)).toEqual([
      expect.stringMatching(/^This line has 8 cells|Cell 7 of this line/u),
    ]);
  });

  test("keeps an apostrophe at a cell's start, whatever follows it", () => {
    const texts = ["'tis", "'=1+1", "'@ada", "''", "'-3 degrees", "'"];
    const rows = texts.map((text) => `;${text};sandbox;;;`).join("\n");
    expect(cellsOf(`${head}\n${rows}\n`)).toMatchObject(texts.map((text) => ({ text })));
  });

  test("in Unicode text has tabs, UTF-16 and quoted line breaks", () => {
    const table = `${head.replaceAll(";", "\t")}\r\nA\t"Grüße\nаз"\tsandbox\r\n`;
    const content = Buffer.from(`\u{FEFF}${table}`, "utf16le");
    expect(cellsOf(Uint8Array.from(content))).toMatchObject([{ text: "Grüße\nаз" }]);
  });
});

/** Texts that are mostly made of what the format gives a meaning. */
const hostile = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        "'",
        "=",
        "@",
        "-",
        "---",
        "\\",
        "|",
        " | ",
        "\n",
        "\r",
        "\r\n",
        " ",
        "\t",
        '"',
        ";",
        ",",
        "x",
        "ü",
      ),
      {
        maxLength: 12,
      },
    )
    .map((pieces) => pieces.join("")),
);

test("no cell that is written becomes a formula, and each comes back as it was", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (cells) => {
      const first = "id";
      const text = decodeCsv(bytes(writeCsv([first], [[first, ...cells]])))?.text ?? "";
      const options = { delimiter: ",", width: null, least: 0, mostRecords: 10 };
      const record = readRecords(text, options).records[1];
      if (!record || "wrong" in record) throw new Error("not written as CSV");
      for (const cell of record.cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/u);
      expect(record.cells.map(unguarded)).toEqual([first, ...cells]);
    }),
    { numRuns: 2000 },
  );
});

test("texts that share a cell come out of it as they went in", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (texts) => {
      const lines = texts.map((text) => text.replaceAll("\r", ""));
      expect(cellToParts(partsToCell(lines))).toEqual(lines);
      if (textsToCell(lines) !== "") expect(cellToTexts(textsToCell(lines))).toEqual(lines);
    }),
    { numRuns: 5000 },
  );
});

test("a person's cell loses what surrounds its texts", () => {
  expect(cellToParts(tidied("text", " one\r\n\r\n---\r\n\r\n----\ntwo \n"))).toEqual(["one", "", "two"]);
  expect(cellToTexts(tidied("alt text", "a|b |  c \\| d"))).toEqual(["a", "b", "c | d"]);
});
