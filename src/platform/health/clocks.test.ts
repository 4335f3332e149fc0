import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHealth } from "#platform/health";
import { createMetrics } from "#platform/metrics";
import { createLogger } from "#platform/telemetry";
import { type TestDatabase, testDatabase } from "../../../test/support/database.ts";

let setup: TestDatabase;
beforeAll(async () => {
  setup = await testDatabase();
});
afterAll(() => setup.close());

/** The check of clocks where ours goes wrong by so much. */
async function clockWhere(aheadMs: number) {
  const health = createHealth({
    database: setup.database,
    dataDir: tmpdir(),
    metrics: createMetrics(),
    log: createLogger({ logLevel: "silent" }),
    clock: { now: () => new Date(Date.now() + aheadMs) },
  });
  const { checks } = await health.ready();
  return checks["clock"];
}

const day = 86_400_000;

it("says nothing of clocks that agree, also over a slow connection", async () => {
  expect(await clockWhere(0)).toMatchObject({ ok: true });
  expect(await clockWhere(1500)).toMatchObject({ ok: true });
});

it.each([
  [3 * day, /database's clock is 3 days behind Galley's/],
  [-3 * day, /database's clock is 3 days ahead of Galley's/],
  [60_000, /is 60 seconds behind/],
  [-10_800_000, /is 3 hours ahead/],
])("tells that they are %d ms apart, and what to do", async (aheadMs, words) => {
  const check = await clockWhere(aheadMs);
  expect(check).toMatchObject({ ok: false });
  expect(check?.message).toMatch(words);
  expect(check?.message).toContain("NTP");
});
