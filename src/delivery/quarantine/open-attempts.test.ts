import { expect } from "vitest";
import { ConnectorFailure } from "#connectors";
import { newId } from "#kit";
import { orderQuarantine } from "#platform/config";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { test } from "../../../test/support/fixtures/restorable.ts";
import { claimAmbiguous, claimDue } from "../claim/claim.store.ts";
import { learnWindow } from "../holds/holds.store.ts";
import { recoverExpired } from "../maintenance/recovery.store.ts";
import type { Claimed } from "../model/claimed.ts";
import { writeIntents } from "../send/intents.store.ts";

// What was being sent, or looked for, when history was lost.

test("a window that begins anew does so with a look at once, and never counts twice what had passed before", async ({
  galley,
}) => {
  const before = galley.start();
  await before.checkDurability();
  const { postId } = await orderPost(galley.fixture, before, textVariant("asked again and again"));
  // No history is older than the oldest post.
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await galley.database.system.updateTable("posts").set({ created_at: anHourAgo }).execute();
  await orderQuarantine(galley.dataDir, anHourAgo);
  const deliveries = galley.start({
    ...galley.platform.connector,
    locate: () =>
      Promise.reject(new ConnectorFailure({ verdict: "not_sent", code: "sandbox.away", message: "Away." })),
  });
  await sweepUntil(deliveries, async () => (await galley.stateOf(deliveries, postId)) === "ambiguous");
  await galley.database.system
    .updateTable("deliveries")
    .set({ wake_at: new Date(Date.now() + 300_000) })
    .execute();
  for (let loss = 1; loss <= 3; loss += 1) {
    await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 1_000));
  }
  const { wake_at: wakeAt } = await galley.database.system
    .selectFrom("deliveries")
    .select("wake_at")
    .executeTakeFirstOrThrow();
  expect(wakeAt.getTime()).toBeLessThanOrEqual(Date.now());
  const { window_ms: windowMs } = await galley.database.system
    .selectFrom("delivery_attempts")
    .select("window_ms")
    .executeTakeFirstOrThrow();
  expect(windowMs).toBeGreaterThan(3_600_000);
  expect(windowMs).toBeLessThan(3_700_000);
  const { workspaceId, channelId } = galley.fixture;
  await learnWindow(galley.database.system, { workspaceId, channelId }, 600_000);
  await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 1_000));
  const { window_ms: longer } = await galley.database.system
    .selectFrom("delivery_attempts")
    .select("window_ms")
    .executeTakeFirstOrThrow();
  expect(longer - windowMs).toBeGreaterThan(1_100_000);
  expect(longer - windowMs).toBeLessThan(1_300_000);
}, 60_000);

test("what was on its way when history was lost may be out under another key as well", async ({ galley }) => {
  const deliveries = galley.start({
    ...galley.platform.connector,
    commit: () => {
      const message = "The answer was lost.";
      return Promise.reject(
        new ConnectorFailure({ verdict: "unknown", code: "sandbox.answer_lost", message }),
      );
    },
  });
  const { postId, deliveryId } = await orderPost(galley.fixture, deliveries, textVariant("on its way"));
  await sweepUntil(deliveries, async () => (await galley.stateOf(deliveries, postId)) === "ambiguous");
  const codes = () =>
    galley.database.system
      .selectFrom("delivery_attempts")
      .select("error_code")
      .where("delivery_id", "=", deliveryId)
      .execute();
  expect(await codes()).toEqual([{ error_code: "sandbox.answer_lost" }]);
  await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 1_000));
  expect(await codes()).toEqual([{ error_code: "delivery.restored" }]);
}, 60_000);

test("what a process was sending when history was lost keeps that mark after its lease has ended", async ({
  galley,
}) => {
  const deliveries = galley.start();
  const { deliveryId } = await orderPost(galley.fixture, deliveries, textVariant("in the middle"));
  const [claimed] = await claimDue(galley.database.system, { limit: 1, leaseMs: 60_000, busyChannels: [] });
  if (!claimed) throw new Error("nothing was claimed");
  const { workspaceId, fence } = claimed;
  const own = { workspaceId, deliveryId, fence, id: newId(), item: 0, number: 1, payloadHash: "0" };
  const times = { deadlineMs: 100, windowMs: 100, marginMs: 100 };
  const plan = { items: [{ kind: "post" as const, payload: "x" }] };
  const intent = { ...own, ...times, kind: "post" as const, plan, itemHashes: ["0"] };
  expect((await writeIntents(galley.database.system, [intent])).standing).toEqual([true]);
  await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 1_000));
  async function endLease(): Promise<void> {
    const over = new Date(Date.now() - 60_000);
    await galley.database.system
      .updateTable("deliveries")
      .set({ lease_until: over, wake_at: over })
      .execute();
    await recoverExpired(galley.database.system);
  }
  async function lookAs(claimant: string): Promise<Claimed | undefined> {
    await endLease();
    const [looked] = await claimAmbiguous(galley.database.system, { limit: 1, leaseMs: 60_000, claimant });
    return looked;
  }
  const looked = await lookAs("one");
  expect(looked?.attempts).toMatchObject([
    { errorCode: "delivery.lease_ended", afterLoss: true, isTimeUnsure: true },
  ]);
  // And who has looked for it is counted, each process once.
  const watchers = [looked, await lookAs("one"), await lookAs("two")].map((one) => one?.watchers);
  expect(watchers).toEqual([1, 1, 2]);
});
