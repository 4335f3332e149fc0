import { sql } from "kysely";
import { expect } from "vitest";
import { ConnectorFailure, type Connector, type Quota } from "#connectors";
import type { JsonObject } from "#kit";
import { buildApp } from "../../../test/support/builders.ts";
import { testDatabase } from "../../../test/support/database.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  orderPost,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";
import type { Deliveries } from "../deliveries.ts";

const test = base
  .extend("limited", ({ platform }) => (quotas: Quota[]): Connector => ({
    ...platform.connector,
    quotas: () => quotas,
  }))
  .extend(
    "views",
    ({ fixture }) =>
      (of: { forPost: Deliveries["forPost"] }, posts: { postId: string }[]) =>
        Promise.all(posts.map(async ({ postId }) => (await of.forPost(fixture.workspaceId, postId))[0])),
  )
  .extend("orderMany", ({ fixture }) => async (count: number, deliveries: Deliveries, from = fixture) => {
    const posts: Awaited<ReturnType<typeof orderPost>>[] = [];
    for (let number = 0; number < count; number += 1) {
      const dueAt = new Date(Date.now() - 10_000 + number * 10);
      posts.push(await orderPost(from, deliveries, textVariant(`Post ${number}`), { dueAt }));
    }
    return posts;
  })
  .extend("sentTimes", ({ server, fixture }) => async (): Promise<{ rows: Date[] }> => {
    const attempts = await server.database.system
      .selectFrom("delivery_attempts")
      .select("intent_at")
      .where("channel_id", "=", fixture.channelId)
      .orderBy("intent_at")
      .execute();
    return { rows: attempts.map((attempt) => attempt.intent_at) };
  });

test.beforeEach(async ({ server }) => {
  await server.database.system.deleteFrom("delivery_holds").execute();
});

test("a worker that stands still while it counts holds up no other", async ({
  server,
  platform,
  fixture,
  limited,
  views,
}) => {
  const deliveries = platform.deliveries(server.database, {
    speaking: limited([{ per: "account", limit: 5, windowMs: 60_000, spreadMs: 0 }]),
  });
  const still = Promise.withResolvers<void>();
  const standing = server.database.system.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext('galley.delivery.quota'), hashtext('sandbox'))`.execute(
      transaction,
    );
    await still.promise;
  });
  const post = await orderPost(fixture, deliveries, textVariant("Meanwhile"));
  for (const { run } of deliveries.sweeps) await run(new AbortController().signal);
  expect((await views(deliveries, [post]))[0]?.state).toBe("scheduled");
  still.resolve();
  await standing;
  await sweepUntil(deliveries, async () => (await views(deliveries, [post]))[0]?.state === "confirmed");
});

test("a thread that its quota never takes is told to a person at once, and holds back nothing", async ({
  platform,
  limited,
}) => {
  const connector = limited([{ per: "app", limit: 2, windowMs: 3_600_000, spreadMs: 0 }]);
  const fresh = await testDatabase();
  const here = await buildDeliveryFixture(fresh.database, connector);
  const deliveries = platform.deliveries(fresh.database, { speaking: connector });
  const thread = await orderPost(here, deliveries, textVariant("1", "2", "3"));
  const short = await orderPost(here, deliveries, textVariant("short", "and done"));
  const view = async (post: { postId: string }) =>
    (await deliveries.forPost(here.workspaceId, post.postId))[0];
  await sweepUntil(deliveries, async () => (await view(short))?.state === "confirmed");
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["short", "and done"]);
  const refused = await view(thread);
  expect(refused).toMatchObject({ state: "rejected", error: { code: "delivery.over_quota" } });
  expect(refused?.error?.message).toContain("lets this app post 2 in 60 minutes");
  await fresh.close();
});

test("what a quota has no room for waits, says so, and two workers at once never send more", async ({
  server,
  platform,
  limited,
  views,
  orderMany,
}) => {
  const connector = limited([{ per: "account", limit: 3, windowMs: 3_600_000, spreadMs: 0 }]);
  const [one, two] = [
    platform.deliveries(server.database, { speaking: connector }),
    platform.deliveries(server.database, { speaking: connector }),
  ];
  const posts = await orderMany(8, one);
  const settled = async () =>
    (await views(one, posts)).every((view) => view?.state === "confirmed" || view?.waiting);
  await Promise.all([sweepUntil(one, settled), sweepUntil(two, settled)]);
  expect((await platform.journal()).map(({ text }) => text).toSorted()).toEqual([
    "Post 0",
    "Post 1",
    "Post 2",
  ]);
  const waiting = (await views(one, posts)).slice(3);
  for (const view of waiting) {
    expect(view).toMatchObject({ state: "scheduled", waiting: { code: "delivery.quota" } });
    expect(view?.waiting?.message).toContain("at most 3 posts in 60 minutes from one account");
  }
});

test("a limit of an app is shared by the workspaces that use it; an app of one's own has its own", async ({
  platform,
}) => {
  const connector: Connector = {
    ...platform.connector,
    quotas: ({ appPosts }) => [{ per: "app", limit: Number(appPosts), windowMs: 3_600_000, spreadMs: 0 }],
  };
  // A database of its own: what other tests sent would count.
  const fresh = await testDatabase();
  const { database } = fresh;
  const settings = { [connector.id]: { appPosts: 2 } };
  const deliveries = platform.deliveries(database, { speaking: connector, connectorSettings: settings });
  const fixtures: DeliveryFixture[] = [];
  for (let count = 0; count < 6; count += 1) {
    fixtures.push(await buildDeliveryFixture(database, platform.connector));
  }
  const useOwnApp = (of: DeliveryFixture, identity: string, openValues: JsonObject) =>
    buildApp(database, { ...of, connector: connector.id }, { identity, openValues });
  const [first, second, third, own, shared, sharing] = fixtures;
  if (!first || !second || !third || !own || !shared || !sharing) throw new TypeError("six fixtures");
  await useOwnApp(own, "own", { appPosts: "1" });
  // One app at the platform, though two workspaces have entered it.
  await useOwnApp(shared, "shared", { appPosts: "1" });
  await useOwnApp(sharing, "shared", { appPosts: "1" });
  const orders: { of: DeliveryFixture; postId: string }[] = [];
  for (const [number, of] of [first, second, third, own, own, shared, sharing].entries()) {
    const dueAt = new Date(Date.now() - 10_000 + number);
    orders.push({ of, ...(await orderPost(of, deliveries, textVariant(`Post ${number}`), { dueAt })) });
  }
  const seen = () =>
    Promise.all(orders.map(async ({ of, postId }) => (await deliveries.forPost(of.workspaceId, postId))[0]));
  await sweepUntil(deliveries, async () =>
    (await seen()).every((view) => view?.state === "confirmed" || view?.waiting),
  );
  expect((await platform.journal()).map(({ text }) => text).toSorted()).toEqual([
    "Post 0",
    "Post 1",
    "Post 3",
    "Post 5",
  ]);
  await fresh.close();
});

test("settings that its connector refuses hold back nothing of other platforms", async ({
  server,
  platform,
  views,
  orderMany,
}) => {
  const connector: Connector = {
    ...platform.connector,
    quotas: () => {
      throw new ConnectorFailure({ verdict: "not_sent", code: "sandbox.not_configured", message: "No." });
    },
  };
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const [post] = await orderMany(1, deliveries);
  await sweepUntil(
    deliveries,
    async () => (await views(deliveries, post ? [post] : []))[0]?.state === "confirmed",
  );
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["Post 0"]);
});

test("many due posts of a platform that counts them leave others their turn", async ({
  server,
  platform,
  limited,
  orderMany,
}) => {
  const connector = limited([{ per: "account", limit: 1_000, windowMs: 3_600_000, spreadMs: 0 }]);
  const other: Connector = { ...platform.connector, id: "mastodon", quotas: () => [] };
  const few = { concurrency: 2 };
  const deliveries = platform.deliveries(server.database, {
    settings: few,
    speaking: connector,
    beside: [other],
  });
  for (let accounts = 0; accounts < 4; accounts += 1) {
    await orderMany(8, deliveries, await buildDeliveryFixture(server.database, platform.connector));
  }
  const elsewhere = await buildDeliveryFixture(server.database, other);
  const { postId } = await orderPost(elsewhere, deliveries, textVariant("Of another platform"));
  await sweepUntil(
    deliveries,
    async () => (await deliveries.forPost(elsewhere.workspaceId, postId))[0]?.state === "confirmed",
  );
  const texts = (await platform.journal()).map(({ text }) => text);
  expect(texts.indexOf("Of another platform")).toBeLessThan(15);
});

test("waiting posts go out as room comes back, in the order in which they were due", async ({
  server,
  platform,
  limited,
  views,
  orderMany,
  sentTimes,
}) => {
  const connector = limited([{ per: "account", limit: 2, windowMs: 1_500, spreadMs: 0 }]);
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const posts = await orderMany(5, deliveries);
  await sweepUntil(deliveries, async () =>
    (await views(deliveries, posts)).every((view) => view?.state === "confirmed"),
  );
  const { rows } = await sentTimes();
  const times = rows.map((at) => at.getTime());
  times.slice(2).forEach((at, index) => expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(1_500));
  const texts = (await platform.journal()).map(({ text }) => text);
  expect([texts.slice(0, 2).toSorted(), texts.slice(2, 4).toSorted()]).toEqual([
    ["Post 0", "Post 1"],
    ["Post 2", "Post 3"],
  ]);
});

test("a gap between two posts of an account is kept, and an account in two workspaces is one account", async ({
  server,
  platform,
  fixture,
  limited,
}) => {
  const connector = limited([{ per: "account", limit: 100, windowMs: 60_000, spreadMs: 600 }]);
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const there = await buildDeliveryFixture(server.database, platform.connector);
  const { account_id: account } = await server.database.system
    .selectFrom("channels")
    .select("account_id")
    .where("id", "=", fixture.channelId)
    .executeTakeFirstOrThrow();
  await server.database.system
    .updateTable("channels")
    .set({ account_id: account })
    .where("id", "=", there.channelId)
    .execute();
  await orderPost(fixture, deliveries, textVariant("here"));
  await orderPost(there, deliveries, textVariant("there"));
  await orderPost(fixture, deliveries, textVariant("here again"));
  await sweepUntil(deliveries, async () => (await platform.journal()).length === 3);
  const attempts = await server.database.system
    .selectFrom("delivery_attempts")
    .select("intent_at")
    .where("channel_id", "in", [fixture.channelId, there.channelId])
    .orderBy("intent_at")
    .execute();
  const times = attempts.map((attempt) => attempt.intent_at.getTime());
  times.slice(1).forEach((at, index) => expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(600));
});

test("what waits for a quota beyond the grace is missed, and says that it was the quota", async ({
  server,
  platform,
  fixture,
  limited,
  views,
}) => {
  const connector = limited([{ per: "account", limit: 1, windowMs: 3_600_000, spreadMs: 0 }]);
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const dueAt = new Date(Date.now() - 1_000);
  const first = await orderPost(fixture, deliveries, textVariant("first"), {
    dueAt: new Date(dueAt.getTime() - 1),
  });
  const second = await orderPost(fixture, deliveries, textVariant("second"), { dueAt, graceSeconds: 3 });
  await sweepUntil(deliveries, async () =>
    (await views(deliveries, [first, second])).every((view) => view?.state !== "scheduled"),
  );
  const [, missed] = await views(deliveries, [first, second]);
  expect(missed).toMatchObject({ state: "missed", error: { code: "delivery.quota" } });
  expect(missed?.error?.message).toContain("later than the workspace allows");
  expect(await platform.journal()).toHaveLength(1);
});

test("a 429 with Retry-After puts the whole account on hold, not this post alone", async ({
  server,
  platform,
  views,
  orderMany,
}) => {
  let calls = 0;
  const throttling: Connector = {
    ...platform.connector,
    commit: async (...given) => {
      calls += 1;
      if (calls > 1) return platform.connector.commit(...given);
      const details = { verdict: "throttled", code: "sandbox.throttled", message: "Slow down." } as const;
      throw new ConnectorFailure({ ...details, retryAfterSeconds: 2 });
    },
  };
  const deliveries = platform.deliveries(server.database, {
    settings: { concurrency: 1 },
    speaking: throttling,
  });
  const posts = await orderMany(3, deliveries);
  const started = Date.now();
  await sweepUntil(deliveries, async () => (await views(deliveries, posts)).some((view) => view?.waiting));
  expect(await platform.journal()).toEqual([]);
  expect(calls).toBe(1);
  await sweepUntil(deliveries, async () => (await platform.journal()).length === 3);
  expect(Date.now() - started).toBeGreaterThan(2_000);
});

test("nothing of a paused workspace is sent; resumed, it goes on", async ({
  server,
  platform,
  fixture,
  views,
}) => {
  const deliveries = platform.deliveries(server.database);
  const setPaused = (at: Date | null) =>
    server.database.system
      .updateTable("workspaces")
      .set({ paused_at: at })
      .where("id", "=", fixture.workspaceId)
      .execute();
  await setPaused(new Date());
  const kept = await orderPost(fixture, deliveries, textVariant("kept"));
  const late = await orderPost(fixture, deliveries, textVariant("late"), { graceSeconds: 1 });
  await sweepUntil(deliveries, async () => (await views(deliveries, [late]))[0]?.state === "missed");
  expect((await views(deliveries, [kept]))[0]).toMatchObject({
    state: "scheduled",
    waiting: { code: "delivery.workspace_paused" },
  });
  expect(await platform.journal()).toEqual([]);
  await setPaused(null);
  await sweepUntil(deliveries, async () => (await views(deliveries, [kept]))[0]?.state === "confirmed");
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["kept"]);
});
