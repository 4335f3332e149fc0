import { expect } from "vitest";
import type { Connector } from "#connectors";
import { isDatabaseUnavailable } from "#platform/db";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { errorOfIdleTransaction, failOver } from "../../../test/support/features/failover.ts";
import { testOnSharedSandbox as test } from "../../../test/support/fixtures/delivery.ts";

test("an answer outlives a database that only reads for a moment", async ({ server, platform, fixture }) => {
  let commits = 0;
  const { connector } = platform;
  const failing: Connector = {
    ...connector,
    commit: async (context, plan, item) => {
      const published = await connector.commit(context, plan, item);
      commits += 1;
      await failOver(server.url, "reading");
      setTimeout(() => void failOver(server.url, "writing"), 500);
      return published;
    },
  };
  const deliveries = platform.deliveries(server.database, {
    settings: { leaseMs: 12_000, marginMs: 4_000 },
    speaking: failing,
  });
  const { postId } = await orderPost(fixture, deliveries, textVariant("Said once"));
  const viewOf = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0];
  // As a worker does, whose next sweep comes when the database is back.
  const patient = deliveries.sweeps.map((sweep) => ({
    ...sweep,
    run: (signal: AbortSignal) => sweep.run(signal).catch(unlessUnavailable),
  }));
  await sweepUntil({ sweeps: patient }, async () => {
    const view = await viewOf().catch(unlessUnavailable);
    return view?.state === "confirmed";
  });
  expect((await viewOf())?.attempts).toMatchObject([{ state: "confirmed", settledBy: "answer" }]);
  expect(commits).toBe(1);
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["Said once"]);
});

function unlessUnavailable(error: unknown): undefined {
  if (!isDatabaseUnavailable(error)) throw error;
}

test("a transaction that the server ended because it stood still says nothing of what it would have written", async ({
  server,
}) => {
  const error = await errorOfIdleTransaction(server.url);
  expect(error).toMatchObject({ code: "25P03" });
  expect(isDatabaseUnavailable(error)).toBe(true);
});
