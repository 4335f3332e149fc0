import { expect, test } from "vitest";
import { groupCommit } from "./group-commit.ts";

class RowError extends Error {}

test("callers that come together share one flush, and each gets its own result", async () => {
  const flushes: number[][] = [];
  const write = groupCommit<number, number>({
    flush: async (items) => {
      flushes.push(items);
      return items.map((item) => item * 2);
    },
    isolates: () => false,
    maxItems: 3,
  });
  expect(await Promise.all([1, 2, 3, 4].map(write))).toEqual([2, 4, 6, 8]);
  expect(flushes).toEqual([[1, 2, 3], [4]]);
});

test("one bad item fails alone where the database refused it", async () => {
  const write = groupCommit<number, boolean>({
    flush: async (items) => {
      if (items.includes(13)) throw new RowError("refused");
      return items.map(() => true);
    },
    isolates: (error) => error instanceof RowError,
    maxItems: 10,
  });
  const results = await Promise.allSettled([1, 13, 2].map(write));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a lost connection fails every caller of the flush, because nobody knows", async () => {
  let flushes = 0;
  const write = groupCommit<number, boolean>({
    flush: async () => {
      flushes += 1;
      throw new Error("connection lost");
    },
    isolates: (error) => error instanceof RowError,
    maxItems: 10,
  });
  const results = await Promise.allSettled([1, 2].map(write));
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(flushes).toBe(1);
});
