import { describe, expect, test } from "vitest";
import { connectorRegistry } from "#connectors";
import { steepOn } from "../../../test/support/growth.ts";
import type { Shape } from "../../../test/texts/text-shapes.ts";
import { readFile } from "./columns.ts";
import { type LineContext, interpret } from "./interpret.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A table, and what is repeated in it; the longest is a fifth of what a file may have. */
const sizes = [250_000, 500_000, 1_000_000] as const;
const head = "text,channels,title\n";

function repeated(name: string, before: string, unit: string, after = ""): Shape {
  return { name, of: (length) => before + unit.repeat(Math.ceil(length / unit.length)) + after };
}

const files: Shape[] = [
  {
    name: "columns of options over short lines",
    of: (length) =>
      `text,channels,${Array.from({ length: length / 20 }, (_, index) => `option:a${index}`).join(",")}\n${"x,y\n".repeat(length / 200)}`,
  },
  {
    name: "columns without a name over short lines",
    of: (length) => `text,channels${",".repeat(length / 2)}\n${"x,y\n".repeat(length / 200)}`,
  },
  repeated("columns without an end", "", "text,"),
  repeated("a column with a long name", "text,channels,", " \t_a", "\nx,y"),
  repeated("lines", head, "a,b,c\n"),
  repeated("lines of a cell too few", head, "a\n"),
  repeated("lines of a cell too many", head, "a,b,c,d\n"),
  repeated("lines with an open quotation mark", head, 'a,"b,c\n'),
  repeated("one open quotation mark over many lines", `${head}a,"b,c\n`, "a,b,c\n"),
  repeated("lines with a quotation mark inside a cell", head, 'a,"x"y,c\n'),
  repeated("lines of the table inside a cell", head, `"${"x,y,z\n".repeat(600)}",b\n`),
  repeated("long lines of the table inside a cell", head, `"${"x,y,z\n".repeat(40_000)}",b\n`),
  repeated("quotation marks", head, '"'),
  repeated("quoted quotation marks", head, '""",'),
  repeated("quotation marks on lines of their own", head, '"""\n'),
  repeated("empty lines", head, "\n"),
  repeated("lines of spaces", head, " \n"),
  repeated("lines of spaces before the header", "", " \n", `${head}a,b,c\n`),
  repeated("empty lines before the header", "", "\r\n", `${head}a,b,c\n`),
  repeated("line ends of an old Mac", head, "\r"),
  repeated("spaces before the header", "", " ", `${head}a,b,c\n`),
  repeated("one long cell", head, "x", ",b,c\n"),
  repeated("long cells", head, `${"x".repeat(100_000)},b,c\n`),
  repeated("cells of many lines", head, `"${"x\n".repeat(20)}",b,c\n`),
  repeated("a thread of many parts", `${head}"`, "\n---\n", '",b,c\n'),
  repeated("threads of many parts", head, `"${"x\n---\n".repeat(9_000)}",b,c\n`),
  repeated("a separator without an end", "sep=;", ";"),
];

function read(text: string): unknown {
  try {
    return readFile(bytes(text));
  } catch (error) {
    return error;
  }
}

test.each(files)(
  "a file is read in n log n: $name",
  (shape) => {
    expect(steepOn(read, [shape], sizes)).toBe("");
  },
  120_000,
);

/** The least of three: what else runs only adds. */
function cost(text: string): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.threadCpuUsage();
    readFile(bytes(text));
    return process.threadCpuUsage(before).user;
  });
  return Math.min(...runs);
}

test.each([
  ["has cells too few", "a\n"],
  ["has a quotation mark inside a cell", 'a,"x"y,c\n'],
  ["opens a quotation mark", 'a,"x,c\n'],
])("a file in which every hundredth line %s takes about as long as one without such a line", (_, wrong) => {
  const right = "some words,a channel,some more words\n";
  const lines = (line: string) => `${head}${(line + right.repeat(99)).repeat(40)}`;
  expect(cost(lines(wrong)) / cost(lines(right))).toBeLessThan(6);
});

const around: LineContext = {
  channels: Array.from({ length: 50 }, (_, index) => ({
    id: `channel-${index}`,
    connector: "sandbox",
    handle: `@ada${index}`,
    status: "connected",
  })) as LineContext["channels"],
  connectors: connectorRegistry(),
  zone: "UTC",
  now: new Date(0),
};

function long(unit: string): (length: number) => string {
  return (length) => unit.repeat(length / unit.length);
}

describe("a line", () => {
  const cells = { text: "x", channels: "@ada1" };
  test.each([
    ["channels", long("@ada1;")],
    ["channels", (length: number) => Array.from({ length: length / 8 }, (_, at) => `a${at}`).join(";")],
    ["media", long("https://a.b/c ")],
    ["alt text", long("a | ")],
    ["options", long("a=b;")],
    ["options", (length: number) => Array.from({ length: length / 8 }, (_, at) => `a${at}=b`).join(";")],
    ["text", long("\n---\n")],
    ["text", long("\\---\n")],
    ["date", long("1.")],
    ["option:title", long("a")],
    ["title", long("👩‍👩‍👧")],
  ])("is interpreted in n log n: long %s", (column, of) => {
    const call = (text: string) => interpret({ ...cells, [column]: text }, around);
    expect(steepOn(call, [{ name: column, of }], [50_000, 100_000, 200_000])).toBe("");
  });

  test.each([
    ["text", "x\n---\n".repeat(100), "101 parts"],
    ["media", "https://example.org/a.png ".repeat(51), "51 images"],
    ["alt text", "a".repeat(10_001), "more than 10000"],
    ["link", `https://example.org/${"a".repeat(4_000)}`, "more than 4000"],
    ["first comment", "a".repeat(50_001), "more than 50000"],
    ["option:title", "a".repeat(10_001), "more than 10000"],
  ])("holds no more than the API takes: %s", (column, cell, message) => {
    const { problems } = interpret({ ...cells, media: "https://a.example/b.png", [column]: cell }, around);
    expect(problems).toContainEqual({ column, message: expect.stringContaining(message), severity: "error" });
  });

  test("tells a few of many problems", () => {
    const channels = Array.from({ length: 5_000 }, (_, index) => `nobody${index}`).join(";");
    expect(interpret({ ...cells, channels }, around).problems).toHaveLength(20);
  });
});
