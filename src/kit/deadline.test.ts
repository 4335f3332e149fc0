import { afterEach, expect, test, vi } from "vitest";
import { isOver, setDeadline } from "./deadline.ts";

afterEach(() => void vi.useRealTimers());

test("a signal without a deadline is over when it is aborted", () => {
  const controller = new AbortController();
  expect(isOver(controller.signal)).toBe(false);
  controller.abort();
  expect(isOver(controller.signal)).toBe(true);
});

test("a deadline passes by either clock, and the last one counts", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const { signal } = new AbortController();
  setDeadline(signal, -1);
  expect(isOver(signal)).toBe(true);
  setDeadline(signal, 60_000);
  expect(isOver(signal)).toBe(false);
  // The machine slept: its wall clock went on, the monotonic one did not.
  vi.setSystemTime(Date.now() + 61_000);
  expect(isOver(signal)).toBe(true);
});
