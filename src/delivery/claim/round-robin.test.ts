import { expect, test } from "vitest";
import { type Lane, roundRobin } from "./round-robin.ts";

function laneOf(name: string, count: number): Lane<string> {
  const rows = Array.from({ length: count }, (_, number) => `${name}${number}`);
  return (limit) => Promise.resolve(rows.splice(0, limit));
}

test("a lane that always has more leaves the others their share", async () => {
  const take = roundRobin<string>();
  const lanes = [laneOf("a", 1_000), laneOf("b", 1_000), laneOf("c", 1)];
  const taken = await take(lanes, 10);
  expect(taken).toHaveLength(10);
  expect(taken.filter((row) => row.startsWith("b")).length).toBeGreaterThanOrEqual(3);
  expect(taken).toContain("c0");
});

test("what some leave goes to those that have more", async () => {
  const take = roundRobin<string>();
  expect(await take([laneOf("a", 2), laneOf("b", 100), laneOf("c", 0)], 10)).toHaveLength(10);
  expect(await take([laneOf("a", 100), laneOf("b", 1)], 10)).toHaveLength(10);
  expect(await take([laneOf("a", 3)], 10)).toEqual(["a0", "a1", "a2"]);
  expect(await take([], 10)).toEqual([]);
});

test("where there is room for one, each has its turn", async () => {
  const take = roundRobin<string>();
  const lanes = [laneOf("a", 100), laneOf("b", 100)];
  const taken = [...(await take(lanes, 1)), ...(await take(lanes, 1))];
  expect(taken.toSorted()).toEqual(["a0", "b0"]);
});
