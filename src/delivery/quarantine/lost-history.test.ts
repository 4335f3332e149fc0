import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, inject, vi } from "vitest";
import { orderQuarantine } from "#platform/config";
import { openDatabase } from "#platform/db";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/restorable.ts";
import type { Deliveries } from "../deliveries.ts";

const test = base
  /** As a process would see a server that lost its last moments: promoted, or put back from a copy of its folder. */
  .extend(
    "pretend",
    ({ galley }) =>
      async (history: { timeline?: string; server?: string }): Promise<void> => {
        const { timeline, server } = history;
        await galley.database.system
          .updateTable("installation")
          .set({
            ...(timeline === undefined ? {} : { timeline }),
            ...(server === undefined ? {} : { server }),
          })
          .execute();
      },
  )
  .extend("beatsThatWait", ({ galley }) => async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_locks join pg_stat_activity using (pid)
    where datname = current_database() and not granted`.execute(galley.database.system);
    return rows[0]?.count ?? 0;
  })
  .extend("position", ({ galley }) => async (): Promise<number> => {
    const { rows } = await sql<{ position: number }>`select wal_position() as position`.execute(
      galley.database.system,
    );
    return rows[0]?.position ?? 0;
  })
  /** A person does not wait for the time that was planned. */
  .extend("sendNow", ({ galley }) => async (deliveries: Deliveries, postId: string): Promise<void> => {
    const { workspaceId } = galley.fixture;
    await galley.database.inWorkspace(workspaceId, (tx) =>
      deliveries.reschedule(tx, workspaceId, postId, new Date()),
    );
  })
  /** A draft of `createdAt`, ordered now. */
  .extend(
    "orderDraft",
    ({ galley }) =>
      async (
        deliveries: Deliveries,
        createdAt: Date,
        dueAt: Date,
      ): Promise<{ postId: string; lookSince: Date | null }> => {
        const { system } = galley.database;
        const { postId, deliveryId } = await orderPost(galley.fixture, deliveries, textVariant("a draft"), {
          dueAt,
        });
        await sql`update posts set created_at = ${createdAt} where id = ${postId}`.execute(system);
        const { rows: ordered } = await sql<{ row: unknown }>`
    delete from deliveries d where id = ${deliveryId} returning to_jsonb(d) as row`.execute(system);
        const { rows } = await sql<{ since: Date | null }>`
    insert into deliveries
    select * from jsonb_populate_record(null::deliveries, ${JSON.stringify(ordered[0]?.row)}::jsonb)
    returning look_since as since`.execute(system);
        return { postId, lookSince: rows[0]?.since ?? null };
      },
  );

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

test.for([
  ["another timeline", { timeline: "0000000F" }],
  ["another server", { server: "1" }],
] as const)(
  "a database with %s sends nothing, before any comparison has seen it",
  { timeout: 60_000 },
  async ([_what, history], { galley, pretend }) => {
    const deliveries = galley.start();
    await deliveries.checkDurability();
    const post = await orderPost(galley.fixture, deliveries, textVariant("once"));
    await pretend(history);
    const { run = () => Promise.resolve() } = deliveries.sweeps[0] ?? {};
    await run(AbortSignal.timeout(5_000));
    expect(await galley.visible()).toEqual([]);
    await sweepUntil(deliveries, async () => (await deliveries.quarantine.view()).active);
    const { reason } = await deliveries.quarantine.view();
    expect(reason).toMatch(/new timeline|another server/);
    await sweepUntil(deliveries, async () => {
      const { unchecked, reading } = await deliveries.quarantine.view();
      return unchecked + reading === 0;
    });
    expect(await galley.visible()).toEqual([]);
    await deliveries.quarantine.release(await galley.owner());
    await sweepUntil(deliveries, async () => (await galley.stateOf(deliveries, post.postId)) === "confirmed");
    expect(await galley.visible()).toEqual(["once"]);
  },
);

test("a database that forgot what a process saw it write takes no intent of it", async ({ galley }) => {
  const deliveries = galley.start();
  await deliveries.checkDurability();
  const post = await orderPost(galley.fixture, deliveries, textVariant("once"));
  await deliveries.quarantine.watch(() => Promise.resolve({ reached: Number.MAX_SAFE_INTEGER }));
  const { run = () => Promise.resolve() } = deliveries.sweeps[0] ?? {};
  await run(AbortSignal.timeout(5_000));
  expect(await galley.stateOf(deliveries, post.postId)).toBe("scheduled");
  expect(await galley.visible()).toEqual([]);
  await deliveries.quarantine.advanceEpoch();
  expect(await deliveries.quarantine.view()).toMatchObject({
    active: true,
    reason: expect.stringContaining("forgotten") as string,
  });
}, 60_000);

test("what is written while a comparison waits for another process does not make the database look forgetful", async ({
  galley,
  beatsThatWait,
  position,
}) => {
  const deliveries = galley.start();
  await deliveries.checkDurability();
  let comparing = Promise.resolve();
  await galley.database.system.transaction().execute(async (transaction) => {
    await sql`select from installation for update`.execute(transaction);
    comparing = deliveries.quarantine.advanceEpoch();
    await vi.waitFor(async () => expect(await beatsThatWait()).toBeGreaterThan(0), 10_000);
    await orderPost(galley.fixture, deliveries, textVariant("meanwhile"));
    await deliveries.quarantine.watch(async () => ({ reached: await position() }));
  });
  await comparing;
  expect(await deliveries.quarantine.view()).toMatchObject({ active: false, reason: null });
}, 60_000);

/** What a person tried again after the backup, and tries again after the restore, for it says "missed" once more. */
test.for(["missed", "needs_reconnect"] as const)(
  "what was %s in the backup is looked for before a person's try sends it",
  { timeout: 60_000 },
  async (state, { galley }) => {
    const before = galley.start();
    await before.checkDurability();
    const post = await orderPost(galley.fixture, before, textVariant("tried again"));
    await galley.database.system
      .updateTable("deliveries")
      .set({ state, fence: 1 })
      .where("id", "=", post.deliveryId)
      .execute();
    await galley.backUp();
    const between = galley.start();
    await between.checkDurability();
    await between.retry(await galley.owner(), post.deliveryId);
    await sweepUntil(between, async () => (await galley.stateOf(between, post.postId)) === "confirmed");
    await galley.restore();

    const after = galley.start();
    await after.checkDurability();
    expect(await galley.stateOf(after, post.postId)).toBe(state);
    await after.quarantine.release(await galley.owner());
    await after.retry(await galley.owner(), post.deliveryId);
    await sweepUntil(after, async () => (await galley.stateOf(after, post.postId)) === "confirmed");
    expect(await galley.visible()).toEqual(["tried again"]);
  },
);

test("what was planned for later, and sent early in the time that was lost, is looked for before it is sent", async ({
  galley,
  sendNow,
}) => {
  const before = galley.start();
  await before.checkDurability();
  const later = new Date(Date.now() + 3_600_000);
  const post = await orderPost(galley.fixture, before, textVariant("sent early"), { dueAt: later });
  const other = await orderPost(galley.fixture, before, textVariant("left as planned"), { dueAt: later });
  await galley.backUp();
  const between = galley.start();
  await between.checkDurability();
  await sendNow(between, post.postId);
  await sweepUntil(between, async () => (await galley.stateOf(between, post.postId)) === "confirmed");
  await galley.restore();

  const after = galley.start();
  await after.checkDurability();
  expect(await after.quarantine.view()).toMatchObject({ unchecked: 0, later: 2 });
  await after.quarantine.release(await galley.owner());
  for (const { postId } of [post, other]) {
    await sendNow(after, postId);
    await sweepUntil(after, async () => (await galley.stateOf(after, postId)) === "confirmed");
  }
  expect(await galley.visible()).toEqual(["left as planned", "sent early"]);
}, 60_000);

test("a draft of before the restore is looked for when it is sent: it may have been", async ({ galley }) => {
  const first = galley.start();
  await first.checkDurability();
  const [{ created } = { created: new Date() }] = await galley.database.system
    .selectFrom("installation")
    .select("beat_at as created")
    .execute();
  await first.quarantine.enter(await galley.owner(), new Date(created.getTime() - 60_000));
  await first.quarantine.release(await galley.owner());
  const lookSince = async (postId: string) =>
    (
      await galley.database.system
        .selectFrom("deliveries")
        .select("look_since")
        .where("post_id", "=", postId)
        .execute()
    )[0]?.look_since;
  const late = await orderPost(galley.fixture, first, textVariant("due then"), {
    dueAt: new Date(created.getTime() - 30_000),
  });
  expect(await lookSince(late.postId)).not.toBeNull();
  const fresh = await orderPost(galley.fixture, first, textVariant("new"), {
    dueAt: new Date(Date.now() + 60_000),
  });
  expect(await lookSince(fresh.postId)).toBeNull();
});

test("a draft that was written in the lost time, and ordered in the quarantine, is looked for in it", async ({
  galley,
  orderDraft,
}) => {
  const deliveries = galley.start();
  await deliveries.checkDurability();
  await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 60_000));
  const { postId, lookSince } = await orderDraft(
    deliveries,
    new Date(Date.now() - 30_000),
    new Date(Date.now() + 500),
  );
  expect(lookSince).not.toBeNull();
  await sweepUntil(deliveries, async () => (await galley.stateOf(deliveries, postId)) === "ambiguous");
}, 60_000);

test("a lost time begins with the first post, however early a person says", async ({ galley }) => {
  const deliveries = galley.start();
  await deliveries.checkDurability();
  const { postId } = await orderPost(galley.fixture, deliveries, textVariant("the first"));
  await deliveries.quarantine.enter(await galley.owner(), new Date("0001-01-01T00:00:00Z"));
  const { unknownSince } = await deliveries.quarantine.view();
  const { rows } = await sql<{ at: Date }>`select created_at as at from posts where id = ${postId}`.execute(
    galley.database.system,
  );
  expect(unknownSince).toBe(rows[0]?.at.toISOString());
});

test("between two times that were lost nothing was", async ({ galley, orderDraft }) => {
  const deliveries = galley.start();
  await deliveries.checkDurability();
  const ada = await galley.owner();
  const { system } = galley.database;
  await sql`insert into lost_times (since, until) values (${hoursAgo(50)}, ${hoursAgo(49)})`.execute(system);
  await deliveries.quarantine.enter(ada, hoursAgo(1));
  await deliveries.quarantine.release(ada);
  const lookSince = async (createdAt: Date) =>
    (await orderDraft(deliveries, createdAt, new Date(Date.now() + 60_000))).lookSince;
  expect(await lookSince(new Date())).toBeNull();
  expect(await lookSince(hoursAgo(24))).toBeInstanceOf(Date);
  expect((await lookSince(hoursAgo(24)))?.getTime()).toBeGreaterThan(hoursAgo(2).getTime());
  expect((await lookSince(hoursAgo(60)))?.getTime()).toBeLessThan(hoursAgo(49).getTime());
});

test("nothing needs to be looked for later where nobody sent early", async ({ galley }) => {
  const deliveries = galley.start();
  await deliveries.checkDurability();
  const post = await orderPost(galley.fixture, deliveries, textVariant("as planned"), {
    dueAt: new Date(Date.now() + 60_000),
  });
  await deliveries.quarantine.enter(await galley.owner(), new Date(Date.now() - 1_000));
  await deliveries.quarantine.release(await galley.owner(), { nothingSentEarly: true });
  const rows = await galley.database.system
    .selectFrom("deliveries")
    .select("look_since")
    .where("id", "=", post.deliveryId)
    .execute();
  expect(rows).toEqual([{ look_since: null }]);
});

test("a copy of an installation sends nothing until somebody says that the other is off", async ({
  galley,
}) => {
  const original = galley.start();
  await original.checkDurability();
  await orderPost(galley.fixture, original, textVariant("once"), { dueAt: new Date(Date.now() + 60_000) });
  await original.quarantine.advanceEpoch();
  const copied = await mkdtemp(join(tmpdir(), "galley-copied-"));
  await cp(galley.dataDir, copied, { recursive: true, preserveTimestamps: true });
  const clone = galley.start(undefined, copied);
  await clone.checkDurability();
  expect(await clone.quarantine.view()).toMatchObject({ active: true, mayRunTwice: true });
  await expect(clone.quarantine.release(await galley.owner())).rejects.toMatchObject({
    code: "delivery.may_run_twice",
  });
  expect(await clone.quarantine.release(await galley.owner(), { otherIsOff: true })).toMatchObject({
    active: false,
  });
  // It is at home there now.
  const again = galley.start(undefined, copied);
  await again.checkDurability();
  expect((await again.quarantine.view()).active).toBe(false);
  await rm(copied, { recursive: true });
}, 60_000);

test("a copy that was said to be restored is still asked for the other one", async ({ galley }) => {
  const original = galley.start();
  await original.checkDurability();
  await orderPost(galley.fixture, original, textVariant("once"), { dueAt: new Date(Date.now() + 60_000) });
  await original.quarantine.advanceEpoch();
  const copied = await mkdtemp(join(tmpdir(), "galley-copied-"));
  await cp(galley.dataDir, copied, { recursive: true, preserveTimestamps: true });
  await orderQuarantine(copied, new Date());
  const clone = galley.start(undefined, copied);
  await clone.checkDurability();
  expect(await clone.quarantine.view()).toMatchObject({
    active: true,
    mayRunTwice: true,
    reason: "An administrator said that it was restored.",
  });
  await rm(copied, { recursive: true });
}, 60_000);

test("a copy of the database under another name, with a data folder of its own, sends nothing", async ({
  galley,
}) => {
  const original = galley.start();
  await original.checkDurability();
  const post = await orderPost(galley.fixture, original, textVariant("once"), {
    dueAt: new Date(Date.now() + 2_000),
  });
  await galley.backUp();
  const running = galley.start();
  await running.checkDurability();
  await sweepUntil(running, async () => (await galley.stateOf(running, post.postId)) === "confirmed");
  // As for a rehearsal: the same cluster, another database, and a new machine or container.
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(
    galley.database.system,
  );
  const address = new URL(inject("template").adminUrl);
  address.pathname = `/${rows[0]?.name}_backup`;
  const copy = openDatabase({ url: address.href, poolSize: 4 });
  const folder = await mkdtemp(join(tmpdir(), "galley-rehearsal-"));
  try {
    const rehearsal = galley.platform.deliveries(copy, { dataDir: folder });
    await rehearsal.checkDurability();
    for (let count = 0; count < 20; count += 1) {
      for (const sweep of rehearsal.sweeps) await sweep.run(new AbortController().signal);
    }
    expect(await galley.visible()).toEqual(["once"]);
    expect((await rehearsal.quarantine.view()).active).toBe(true);
  } finally {
    await copy.close();
    await rm(folder, { recursive: true });
  }
}, 60_000);
