import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { controls } from "../controls.ts";
import { controls as databaseControls } from "../database/controls.ts";
import { instrument } from "./instrument.ts";
import { instrumentPath, mutate } from "./places.ts";

const source = `type Row = { id: number };
async function outer(rows: AsyncIterable<Row>): Promise<number> {
  let sum = 0;
  for await (const row of rows) sum += row.id;
  const both = [await one(), await (one(), two())];
  return (await Promise.all(both.map(async (value) => await later(value)))).reduce((a, b) => a + b, sum);
}
async function one() { return 1; }
async function two() { return 2; }
async function later(value: number) { return value; }
return outer((async function* () { yield { id: 10 }; yield { id: 20 }; })());`;

test("every await gets its three failpoints, in their order, and the code does what it did", async () => {
  const { code, awaits } = instrument(
    "src/a.ts",
    source.replace("return outer", "export const result = outer"),
    5,
  );
  expect(awaits.map(({ name, within }) => [name, within])).toEqual([
    ["src/a.ts:4:3", "outer"],
    ["src/a.ts:5:17", "outer"],
    ["src/a.ts:5:30", "outer"],
    ["src/a.ts:6:11", "outer"],
    ["src/a.ts:6:55", "outer"],
  ]);
  const passed: number[] = [];
  const pass = (point: number) => void passed.push(point);
  const runtime = {
    pass,
    value: <Value>(point: number, value: Value) => {
      pass(point);
      return value;
    },
    each: async function* <Item>(point: number, items: AsyncIterable<Item>) {
      pass(point);
      yield* items;
    },
  };
  Object.assign(globalThis, { __chaos: runtime });
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    result: Promise<number>;
  };
  expect(await module.result).toBe(33);
  // The first await is number 5 of all files: 15, then 18, 19 and 20 for the next, and so on.
  expect(passed.slice(0, 8)).toEqual([15, 18, 19, 20, 21, 22, 23, 24]);
  expect(new Set(passed.filter((point) => point > 17)).size).toBe(12);
});

test("an await using is refused until it has failpoints", () => {
  expect(() => instrument("src/a.ts", "async function a() { await using b = c(); }", 0)).toThrow(
    "await using",
  );
});

test("every control still finds what it turns off, and every exclusion has a reason", () => {
  for (const { mutations } of [...Object.values(controls), ...Object.values(databaseControls)]) {
    for (const [file, own] of Map.groupBy(mutations, (mutation) => mutation.file)) {
      expect(mutate(readFileSync(file, "utf8"), own)).not.toBe("");
    }
  }
  const { awaits, excluded } = instrumentPath(process.cwd(), []);
  expect(awaits.length).toBeGreaterThan(excluded.size);
  expect(() =>
    instrumentPath(process.cwd(), [{ file: "src/delivery/send/publish.ts", find: "no such text", put: "" }]),
  ).toThrow("exactly once");
});
