import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inRounds } from "./rounds.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function gather(round: (items: string[]) => Promise<void> = () => Promise.resolve()) {
  const ended = new AbortController();
  const rounds: string[][] = [];
  const add = inRounds<string>({ everyMs: 250, signal: ended.signal }, (items) => {
    rounds.push([...items]);
    return round([...items]);
  });
  return { add, rounds, end: () => ended.abort() };
}

test("the first is told at once, and the rest of a burst together", async () => {
  const { add, rounds } = gather();
  add("a");
  add("a");
  add("b");
  await vi.advanceTimersByTimeAsync(0);
  expect(rounds).toEqual([["a", "b"]]);
  add("c");
  await vi.advanceTimersByTimeAsync(100);
  add("d");
  await vi.advanceTimersByTimeAsync(100);
  expect(rounds).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(50);
  expect(rounds).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("a round waits for the one before it, and outlives its failure", async () => {
  const { add, rounds } = gather((items) =>
    items.includes("slow")
      ? new Promise((resolve) => setTimeout(resolve, 2_000))
      : Promise.reject(new Error("not answered")),
  );
  add("slow");
  await vi.advanceTimersByTimeAsync(0);
  add("next");
  await vi.advanceTimersByTimeAsync(1_900);
  expect(rounds).toEqual([["slow"]]);
  await vi.advanceTimersByTimeAsync(100);
  expect(rounds).toEqual([["slow"], ["next"]]);
  await vi.advanceTimersByTimeAsync(500);
  add("last");
  await vi.advanceTimersByTimeAsync(0);
  expect(rounds.at(-1)).toEqual(["last"]);
});

test("where changes do not end, rounds become rare", async () => {
  const { add, rounds } = gather();
  for (let tenths = 0; tenths < 600; tenths += 1) {
    add(`${tenths}`);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(rounds.length).toBeGreaterThan(15);
  expect(rounds.length).toBeLessThan(22);
  expect(new Set(rounds.flat()).size).toBeGreaterThan(550);
});

test("a round that hangs does not hold up the rest", async () => {
  const { add, rounds } = gather(() => new Promise(() => undefined));
  add("a");
  await vi.advanceTimersByTimeAsync(0);
  add("b");
  await vi.advanceTimersByTimeAsync(4_000);
  expect(rounds).toEqual([["a"], ["b"]]);
});

test("nothing is told once it has ended", async () => {
  const { add, rounds, end } = gather();
  add("a");
  await vi.advanceTimersByTimeAsync(0);
  end();
  add("b");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(rounds).toEqual([["a"]]);
});
