import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { circlesIn } from "../../scripts/shape/circles.ts";
import { limits } from "../../scripts/shape/limits.ts";
import {
  circles,
  foldersInCircles,
  jobsNamedTwice,
  longestFunction,
  pathsAsStrings,
  sqlOutsideStores,
  statesDefinedTwice,
  usualFile,
  widestFolder,
} from "../../scripts/shape/measures.ts";
import { readSource, type Source } from "../../scripts/shape/source.ts";

function source(file: string, more: Partial<Source> = {}): Source {
  return {
    file,
    lines: 10,
    imports: [],
    functions: [],
    texts: [],
    lists: [],
    jobs: [],
    sqlAt: null,
    ...more,
  };
}

function to(...files: string[]): Pick<Source, "imports"> {
  return { imports: files.map((file) => ({ file, isType: true })) };
}

test("what reaches itself is a circle, and what only leads to one is not", () => {
  const edges = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["b", "d"]],
    ["d", []],
    ["e", ["d", "a"]],
  ]);
  expect(circlesIn(edges)).toEqual([["b", "c"]]);
  edges.set("d", ["e"]);
  expect(circlesIn(edges)).toEqual([["a", "b", "c", "d", "e"]]);
});

test("a circle of types is one of imports only where a value is in every step", () => {
  const sources = [
    source("a.ts", { imports: [{ file: "b.ts", isType: false }] }),
    source("b.ts", { imports: [{ file: "a.ts", isType: true }] }),
  ];
  expect(circles(sources, "all")).toEqual({ value: 2, found: ["a.ts <-> b.ts"] });
  expect(circles(sources, "running")).toEqual({ value: 0, found: [] });
});

test("folders of a module are in a circle where files of theirs import each other, whatever joins them from above", () => {
  const sources = [
    source("src/desk/desk.ts", to("src/desk/posts/write.ts")),
    source("src/desk/posts/write.ts", to("src/desk/model/post.ts", "src/desk/desk.ts")),
    source("src/desk/model/post.ts", to("src/kit/ids.ts")),
  ];
  expect(foldersInCircles(sources).value).toBe(0);
  const circle = source("src/desk/model/rules.ts", to("src/desk/posts/load.ts"));
  expect(foldersInCircles([...sources, circle]).found).toEqual(["src/desk/model <-> src/desk/posts"]);
});

test("SQL is asked for outside the stores of the server alone", () => {
  const files = ["src/a/a.ts", "src/a/a.store.ts", "src/a/a.read.ts", "src/platform/db/pool.ts", "test/a.ts"];
  expect(sqlOutsideStores(files.map((file) => source(file, { sqlAt: 7 }))).found).toEqual(["src/a/a.ts:7"]);
});

test("the widest folder counts what lies in it, and nine of ten files are the usual ones", () => {
  const sources = Array.from({ length: 10 }, (_, index) =>
    source(`src/${index < 7 ? "wide" : "wide/deep"}/${index}.ts`, { lines: index + 1 }),
  );
  expect(widestFolder(sources)).toMatchObject({ value: 7, found: ["src/wide: 7", "src/wide/deep: 3"] });
  expect(usualFile(sources).value).toBe(9);
});

test("a path of the API is counted where a client holds it, and nowhere else", () => {
  const texts = [
    { text: "/api/v1/posts", line: 3 },
    { text: "/posts", line: 4 },
  ];
  const files = [
    "web/src/a.ts",
    "src/edge/cli/a.ts",
    "src/desk/a.ts",
    "test/support/a.ts",
    "test/emulator/a.ts",
  ];
  expect(pathsAsStrings(files.map((file) => source(file, { texts }))).found).toEqual([
    "web/src/a.ts:3 /api/v1/posts",
    "src/edge/cli/a.ts:3 /api/v1/posts",
    "test/support/a.ts:3 /api/v1/posts",
  ]);
});

test("states of a kind stand in one file, all of them and the same few of them", () => {
  const kind = { name: "orderStates", values: ["done", "lost", "new", "sent"], line: 1 };
  const few = { name: "ended", values: ["done", "lost", "sent"], line: 2 };
  const others = { name: "sizes", values: ["large", "medium", "small"], line: 3 };
  const sources = [
    source("src/a/a.ts", { lists: [kind, few, others] }),
    source("src/b/b.ts", { lists: [{ ...kind, name: "state", line: 7 }, others] }),
    source("src/c/c.ts", { lists: [{ ...few, line: 8 }] }),
    source("emulator/d.ts", { lists: [kind] }),
  ];
  expect(statesDefinedTwice(sources).found).toEqual([
    "src/b/b.ts:7 done, lost, new, sent",
    "src/c/c.ts:8 done, lost, sent",
  ]);
});

test("a job is named where it is declared, and nowhere else", () => {
  const text = { text: "orders.send", line: 3 };
  const sources = [
    source("src/a/a.ts", { jobs: [{ name: "orders.send", line: 3 }], texts: [text] }),
    source("src/b/b.ts", {
      texts: [
        { ...text, line: 9 },
        { text: "orders.sent", line: 10 },
      ],
    }),
  ];
  expect(jobsNamedTwice(sources).found).toEqual(["src/b/b.ts:9 orders.send"]);
});

test("no limit lies behind its own bar", () => {
  for (const { bar, allowed = bar } of limits) expect(allowed).toBeGreaterThanOrEqual(bar);
});

test("a file is read by its grammar: faces, types, functions, lists, jobs, and what speaks SQL", async () => {
  const root = await mkdtemp(join(tmpdir(), "galley-shape-"));
  try {
    await writeFile(
      join(root, "one.ts"),
      [
        'import type { A } from "#kit";',
        'import { b, type C } from "./b.ts";',
        'import { d } from "#platform/db";',
        'export { e } from "a-package";',
        "export function named(): string {",
        '  return "sql`select`";',
        "}",
        "const told = () => sql`select 1`;",
        'const states = ["new", "sent", "done"] as const;',
        'type Held = { status: "ok" | "late" | "lost"; size: "large" | "small" };',
        'const sendTask = "orders.send";',
        'const sweep = { name: "orders.old", everyMs: 1_000 };',
      ].join("\n"),
    );
    const faces = { "#kit": "./src/kit/index.ts", "#platform/*": "./src/platform/*/index.ts" };
    const read = readSource(root, "one.ts", faces);
    expect(read).toMatchObject({ lines: 12, sqlAt: 8 });
    expect(read.imports).toEqual([
      { file: "src/kit/index.ts", isType: true },
      { file: "b.ts", isType: false },
      { file: "src/platform/db/index.ts", isType: false },
    ]);
    expect(read.functions).toEqual([
      { name: "named", line: 5, lines: 3 },
      { name: "told", line: 8, lines: 1 },
    ]);
    expect(read.lists).toEqual([
      { name: "states", values: ["done", "new", "sent"], line: 9 },
      { name: "status", values: ["late", "lost", "ok"], line: 10 },
    ]);
    expect(read.jobs).toEqual([
      { name: "orders.send", line: 11 },
      { name: "orders.old", line: 12 },
    ]);
    expect(longestFunction([read]).value).toBe(3);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
