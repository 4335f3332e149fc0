import { expect, test } from "vitest";
import type { ConnectorRequest } from "./contract.ts";
import { listenToClock } from "./platform-clock.ts";

const noon = Date.parse("2026-03-01T12:00:00Z");

/** Hears answers that have these headers, at noon. */
async function hear(...answers: Record<string, string>[]) {
  const seen: ConnectorRequest[] = [];
  const request = (asked: ConnectorRequest) =>
    Promise.resolve({ status: 200, headers: answers[seen.push(asked) - 1] ?? {}, body: new Uint8Array() });
  const clock = listenToClock({ request }, () => noon);
  while (seen.length < answers.length) {
    await clock.http.request({ method: "GET", url: "https://x.test/", headers: { a: "b" } });
  }
  return { aheadMs: clock.aheadMs(), cachedForMs: clock.cachedForMs(), seen };
}

function dated(ms: number, more: Record<string, string> = {}): Record<string, string> {
  return { date: new Date(noon + ms).toUTCString(), ...more };
}

test("of several clocks the one counts that differs most", async () => {
  expect(await hear(dated(-1_200_000), dated(0))).toMatchObject({ aheadMs: -1_199_500, cachedForMs: 0 });
  expect(await hear(dated(0), dated(300_000), dated(-1_000))).toMatchObject({ aheadMs: 300_500 });
  expect(await hear({}, { date: "soon" })).toMatchObject({ aheadMs: null });
});

test("an answer out of a cache tells no time, and how old it is", async () => {
  const cached = dated(-900_000, { age: "900" });
  expect(await hear(dated(0), cached)).toMatchObject({ aheadMs: 500, cachedForMs: 900_000 });
  expect(await hear(dated(0, { age: "0" }))).toMatchObject({ aheadMs: 500, cachedForMs: 0 });
  expect(await hear(dated(0, { age: "old" }))).toMatchObject({ aheadMs: 500, cachedForMs: 0 });
});

test("caches are asked not to answer", async () => {
  const { seen } = await hear({});
  expect(seen).toMatchObject([{ headers: { a: "b", "cache-control": "no-cache" } }]);
});
