import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { type Connector, ConnectorFailure } from "#connectors";
import { newId } from "#kit";
import { orderQuarantine } from "#platform/config";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { test } from "../../../test/support/fixtures/restorable.ts";
import { startSweeps } from "../../platform/jobs/sweeps.ts";
import { claimDue } from "../claim/claim.store.ts";
import { writeIntents } from "../send/intents.store.ts";

test("after a restore under the same data folder, what went out since the backup is found and not sent again", async ({
  galley,
}) => {
  const before = galley.start();
  await before.checkDurability();
  const soon = new Date(Date.now() + 1_500);
  const sent = await orderPost(galley.fixture, before, textVariant("went out after the backup"), {
    dueAt: soon,
  });
  const kept = await orderPost(galley.fixture, before, textVariant("was due, and never sent"), {
    dueAt: soon,
  });
  const cancelled = { workspaceId: galley.fixture.workspaceId, postId: kept.postId };
  await galley.backUp();
  const between = galley.start();
  await between.checkDurability();
  // After the backup a person calls this one off; the restored database knows nothing of it.
  await galley.database.inWorkspace(cancelled.workspaceId, (tx) =>
    between.cancel(tx, cancelled.workspaceId, cancelled.postId),
  );
  await sweepUntil(between, async () => (await galley.stateOf(between, sent.postId)) === "confirmed");
  expect(await galley.visible()).toEqual(["went out after the backup"]);
  await galley.restore();

  const after = galley.start();
  await after.checkDurability();
  expect(await after.quarantine.view()).toMatchObject({ active: true, unchecked: 2 });
  const fresh = await orderPost(galley.fixture, after, textVariant("ordered in quarantine"));
  await expect(after.quarantine.release(await galley.owner())).rejects.toMatchObject({
    code: "delivery.quarantine_unfinished",
  });
  await sweepUntil(after, async () => {
    const { unchecked, reading } = await after.quarantine.view();
    return unchecked + reading === 0;
  });
  expect(await galley.stateOf(after, sent.postId)).toBe("confirmed");
  expect(await galley.stateOf(after, kept.postId)).toBe("scheduled");
  expect(await galley.visible()).toEqual(["went out after the backup"]);

  expect(await after.quarantine.release(await galley.owner())).toMatchObject({ active: false });
  await sweepUntil(after, async () => (await galley.stateOf(after, fresh.postId)) === "confirmed");
  await sweepUntil(after, async () => (await galley.stateOf(after, kept.postId)) === "confirmed");
  expect(await galley.visible()).toEqual([
    "ordered in quarantine",
    "was due, and never sent",
    "went out after the backup",
  ]);
}, 60_000);

test("a database that is exchanged under a running worker is not claimed from", async ({ galley }) => {
  const before = galley.start();
  await before.checkDurability();
  const post = await orderPost(galley.fixture, before, textVariant("once"), {
    dueAt: new Date(Date.now() + 500),
  });
  await galley.backUp();
  const running = galley.start();
  await running.checkDurability();
  await sweepUntil(running, async () => (await galley.stateOf(running, post.postId)) === "confirmed");
  const epochSeen = running.quarantine.lastEpoch();
  await galley.restore();
  const same = galley.start();
  // The process that goes on knows how far the database was, before any sweep has compared the two.
  const limits = { limit: 10, leaseMs: 3_000, busyChannels: [] };
  expect(await claimDue(galley.database.system, { ...limits, lastEpoch: epochSeen })).toEqual([]);
  await sweepUntil(same, async () => (await galley.stateOf(same, post.postId)) === "confirmed");
  expect(await galley.visible()).toEqual(["once"]);
  expect((await same.quarantine.view()).active).toBe(true);
}, 60_000);

test("where the platform cannot be read a person is asked, and nothing is sent", async ({ galley }) => {
  const blind: Connector = { ...galley.platform.connector, locate: "unsupported" };
  const deliveries = galley.start(blind);
  await deliveries.checkDurability();
  const post = await orderPost(galley.fixture, deliveries, textVariant("who knows"), {
    dueAt: new Date(Date.now() - 60_000),
  });
  await orderQuarantine(galley.dataDir, new Date(Date.now() - 3_600_000));
  const again = galley.start(blind);
  await sweepUntil(again, async () => (await galley.stateOf(again, post.postId)) === "needs_human");
  expect(await galley.visible()).toEqual([]);
  await again.resolve(await galley.owner(), post.deliveryId, { outcome: "absent" });
  expect(await again.quarantine.release(await galley.owner())).toMatchObject({ active: false });
  await sweepUntil(again, async () => (await galley.stateOf(again, post.postId)) === "confirmed");
  expect(await galley.visible()).toEqual(["who knows"]);
}, 60_000);

test("a platform that cannot be asked for a moment is asked again, not left to a person", async ({
  galley,
}) => {
  let asked = 0;
  const busy: Connector = {
    ...galley.platform.connector,
    prepare: async (...given) => {
      asked += 1;
      if (asked > 1) return galley.platform.connector.prepare(...given);
      throw new ConnectorFailure({ verdict: "throttled", code: "sandbox.throttled", message: "Later." });
    },
  };
  const before = galley.start();
  await before.checkDurability();
  const post = await orderPost(galley.fixture, before, textVariant("asked twice"));
  await orderQuarantine(galley.dataDir, new Date(Date.now() - 1_000));
  const deliveries = galley.start(busy);
  await sweepUntil(deliveries, async () => {
    const { active, unchecked, reading } = await deliveries.quarantine.view();
    return active && unchecked + reading === 0;
  });
  expect(asked).toBe(2);
  expect(await galley.stateOf(deliveries, post.postId)).toBe("scheduled");
  await deliveries.quarantine.release(await galley.owner());
  await sweepUntil(deliveries, async () => (await galley.stateOf(deliveries, post.postId)) === "confirmed");
  expect(await galley.visible()).toEqual(["asked twice"]);
}, 60_000);

test("however old the backup is, what is not there is proven within the platform's window", async ({
  galley,
}) => {
  const before = galley.start();
  await before.checkDurability();
  const post = await orderPost(galley.fixture, before, textVariant("an hour later"), {
    dueAt: new Date(Date.now() - 60_000),
  });
  await orderQuarantine(galley.dataDir, new Date(Date.now() - 3_600_000));
  const deliveries = galley.start();
  await sweepUntil(deliveries, async () => {
    const { active, unchecked, reading } = await deliveries.quarantine.view();
    return active && unchecked + reading === 0;
  });
  expect(await galley.stateOf(deliveries, post.postId)).toBe("scheduled");
}, 60_000);

test("an access that the platform refuses while it is asked is to be connected again", async ({ galley }) => {
  const closed: Connector = {
    ...galley.platform.connector,
    prepare: () => {
      const message = "The access was withdrawn.";
      throw new ConnectorFailure({ verdict: "unauthorized", code: "sandbox.unauthorized", message });
    },
  };
  const before = galley.start();
  await before.checkDurability();
  await orderPost(galley.fixture, before, textVariant("who knows"));
  await orderQuarantine(galley.dataDir, new Date(Date.now() - 1_000));
  const deliveries = galley.start(closed);
  await sweepUntil(deliveries, () => Promise.resolve(galley.platform.reconnects.length > 0));
  expect(galley.platform.reconnects[0]).toBe("The access was withdrawn.");
  expect(await galley.visible()).toEqual([]);
}, 60_000);

test("what takes long to send is looked up as soon as anything else", async ({ galley }) => {
  const slow: Connector = {
    ...galley.platform.connector,
    settling: (context) => ({ ...galley.platform.connector.settling(context), deadlineMs: 600_000 }),
  };
  const before = galley.start();
  await before.checkDurability();
  const post = await orderPost(galley.fixture, before, textVariant("a film"));
  await orderQuarantine(galley.dataDir, new Date(Date.now() - 1_000));
  const deliveries = galley.start(slow);
  await sweepUntil(deliveries, async () => (await galley.stateOf(deliveries, post.postId)) === "ambiguous");
}, 60_000);

test("what could not be looked up for want of an access is looked up once there is one, before a person's try sends it", async ({
  galley,
}) => {
  let isWithdrawn = false;
  const closed: Connector = {
    ...galley.platform.connector,
    prepare: (...given) => {
      if (!isWithdrawn) return galley.platform.connector.prepare(...given);
      const message = "The access was withdrawn.";
      throw new ConnectorFailure({ verdict: "unauthorized", code: "sandbox.unauthorized", message });
    },
  };
  const before = galley.start(closed);
  await before.checkDurability();
  const post = await orderPost(galley.fixture, before, textVariant("out since the backup"), {
    dueAt: new Date(Date.now() + 1_000),
  });
  await galley.backUp();
  const between = galley.start(closed);
  await between.checkDurability();
  await sweepUntil(between, async () => (await galley.stateOf(between, post.postId)) === "confirmed");
  await galley.restore();
  // The backup holds the tokens of then, which the platform has replaced since.
  isWithdrawn = true;
  const after = galley.start(closed);
  await after.checkDurability();
  await sweepUntil(after, async () => (await galley.stateOf(after, post.postId)) === "needs_reconnect");
  isWithdrawn = false;
  const channels = galley.database.system.updateTable("channels").set({ status: "connected" });
  await channels.where("id", "=", galley.fixture.channelId).execute();
  await after.quarantine.release(await galley.owner());
  await sweepUntil(after, async () => (await galley.stateOf(after, post.postId)) === "confirmed");
  expect(await galley.visible()).toEqual(["out since the backup"]);
}, 60_000);

test("a database is compared with its folder also while something is looked up for long", async ({
  galley,
}) => {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow: Connector = {
    ...galley.platform.connector,
    prepare: async (...given) => {
      reached.resolve();
      await gate.promise;
      return galley.platform.connector.prepare(...given);
    },
  };
  const deliveries = galley.start(slow);
  await deliveries.checkDurability();
  await orderPost(galley.fixture, deliveries, textVariant("a long film"));
  await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 1_000));
  const both = new Set(["delivery.beat", "delivery.quarantine"]);
  const sweeps = startSweeps(
    deliveries.sweeps.filter(({ name }) => both.has(name)).map((sweep) => ({ ...sweep, everyMs: 200 })),
    { error: () => undefined } as unknown as Parameters<typeof startSweeps>[1],
  );
  await reached.promise;
  const before = deliveries.quarantine.lastEpoch();
  await pause(3_000);
  const after = deliveries.quarantine.lastEpoch();
  gate.resolve();
  await sweeps.stop();
  expect(after).toBeGreaterThan(before);
}, 60_000);

test("what could not be looked up is told as what may be live, so that nobody sends it again unasked", async ({
  galley,
}) => {
  let isGone = false;
  const refusing: Connector = {
    ...galley.platform.connector,
    prepare: (...given) => {
      if (!isGone) return galley.platform.connector.prepare(...given);
      const message = "The platform takes no such file any more.";
      throw new ConnectorFailure({ verdict: "rejected", code: "sandbox.rejected", message });
    },
  };
  const before = galley.start(refusing);
  await before.checkDurability();
  const post = await orderPost(galley.fixture, before, textVariant("out since the backup"), {
    dueAt: new Date(Date.now() + 1_000),
  });
  await galley.backUp();
  const between = galley.start(refusing);
  await between.checkDurability();
  await sweepUntil(between, async () => (await galley.stateOf(between, post.postId)) === "confirmed");
  await galley.restore();
  isGone = true;
  const after = galley.start(refusing);
  await sweepUntil(after, async () => (await galley.stateOf(after, post.postId)) === "missed");
  const [view] = await after.forPost(galley.fixture.workspaceId, post.postId);
  expect(view?.error?.message).toContain("Look there before you publish it again");
  expect(view?.mayBeLive).toBe(true);
}, 60_000);

test("the database itself refuses an attempt in quarantine", async ({ galley }) => {
  const deliveries = galley.start();
  const ada = await galley.owner();
  await orderPost(galley.fixture, deliveries, textVariant("not now"));
  const [claimed] = await claimDue(galley.database.system, { limit: 1, leaseMs: 5_000, busyChannels: [] });
  if (!claimed) throw new Error("nothing was claimed");
  await deliveries.quarantine.enter(ada, new Date(Date.now() - 1_000));
  const intent = {
    workspaceId: claimed.workspaceId,
    deliveryId: claimed.id,
    fence: claimed.fence,
    id: newId(),
    item: 0,
    number: 1,
    kind: "post" as const,
    payloadHash: "0",
    deadlineMs: 100,
    windowMs: 100,
    marginMs: 100,
    plan: { items: [{ kind: "post" as const, payload: "x" }] },
    itemHashes: ["0"],
  };
  await expect(writeIntents(galley.database.system, [intent])).rejects.toMatchObject({ code: "GD006" });
  // Nor after it, before it was looked for.
  await galley.database.system
    .updateTable("installation")
    .set({ quarantined_at: null, quarantine_reason: null, unknown_since: null })
    .execute();
  await expect(writeIntents(galley.database.system, [intent])).rejects.toMatchObject({ code: "GD006" });
  await galley.database.system.updateTable("deliveries").set({ look_since: null }).execute();
  expect((await writeIntents(galley.database.system, [intent])).standing).toEqual([true]);
});
