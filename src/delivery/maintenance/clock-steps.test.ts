import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { expect } from "vitest";
import type { Connector } from "#connectors";
import { newId } from "#kit";
import { buildMember } from "../../../test/support/builders.ts";
import { giveClock, stepClock } from "../../../test/support/clock.ts";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";
import type { Deliveries } from "../deliveries.ts";

const hour = 3_600_000;

const test = base
  /** How far the clock of the database has been set; back again after the test. */
  .extend("clock", async ({ server }, { onCleanup }) => {
    const clock = { setByMs: 0 };
    onCleanup(async () => {
      await stepClock(server.url, { byMs: -clock.setByMs });
      await server.database.system.deleteFrom("clock_steps").execute();
      await server.database.system.deleteFrom("delivery_holds").execute();
    });
    return clock;
  })
  /** Two workers. */
  .extend("one", ({ clock: _clock, deliveries }) => deliveries)
  .extend("other", ({ server, platform }) => platform.deliveries(server.database))
  .extend("setClock", ({ server, clock }) => async (byMs: number): Promise<void> => {
    clock.setByMs += byMs;
    await stepClock(server.url, { byMs });
  })
  /** Late is told by the same clock: these posts may be late by a day. */
  .extend(
    "order",
    ({ order }) =>
      (texts: string | readonly string[]) =>
        order(texts, { graceSeconds: 86_400 }),
  )
  .extend("attemptOf", ({ server, fixture }) => () => {
    const attempts = server.database.system.selectFrom("delivery_attempts");
    return attempts
      .select(["state", "settled_by", "looks", "clock_step_ms"])
      .where("workspace_id", "=", fixture.workspaceId)
      .executeTakeFirst();
  })
  /** In tens of seconds: a busy machine takes one between two looks at the clock. */
  .extend("stepsSeen", ({ server }) => async (): Promise<number[]> => {
    const rows = await server.database.system
      .selectFrom("clock_steps")
      .select("by_ms")
      .orderBy("id")
      .execute();
    return rows.map((row) => 10 * Math.round(row.by_ms / 10_000));
  })
  /** The platform has just asked the fixture's account to wait. */
  .extend("heldFor", ({ server, fixture }) => async (time: string): Promise<void> => {
    await sql`
    insert into delivery_holds (connector, account_id, since, until, reason)
    select connector, account_id, clock_timestamp(), clock_timestamp() + ${time}::interval, 'Asked to wait.'
    from channels where id = ${fixture.channelId}`.execute(server.database.system);
  });

test.beforeAll(({ server }) => giveClock(server.url));

/** What a worker does between two claims. */
async function maintain(worker: Deliveries): Promise<void> {
  await worker.sweeps.find(({ name }) => name === "delivery.maintenance")?.run(new AbortController().signal);
}

/** How far ahead a moment of a row is, by the database's clock. */
function inSeconds(column: string) {
  return sql<number | null>`extract(epoch from ${sql.ref(column)} - clock_timestamp())::float8`;
}

test("a clock that is set an hour ahead ends no lease: the answer of what is on its way still counts", async ({
  platform,
  one,
  other,
  setClock,
  order,
  viewOf,
  visible,
}) => {
  const { postId } = await order("On its way");
  // Well within the deadline of a call, also on a slow machine: a lost answer would be another matter.
  await platform.setFaults([{ kind: "slow", delayMs: 400 }]);
  await Promise.all([maintain(one), maintain(other)]);
  const sending = sweepUntil(one, async () => (await viewOf(postId))?.state === "confirmed");
  while ((await viewOf(postId))?.state !== "in_flight") await pause(20);
  await setClock(hour);
  await Promise.all([maintain(one), maintain(other)]);
  await sending;
  expect((await viewOf(postId))?.attempts).toMatchObject([{ state: "confirmed", settledBy: "answer" }]);
  expect(await visible()).toEqual(["On its way"]);
});

test("several workers prolong the windows of one step once, and a worker that comes later finds nothing to do", async ({
  server,
  platform,
  one,
  other,
  setClock,
  order,
  viewOf,
  untilState,
  attemptOf,
  stepsSeen,
  visible,
}) => {
  await platform.setFaults([{ kind: "reset_before_commit", remaining: 1 }]);
  const { postId } = await order("Lost on its way");
  await untilState(postId, "ambiguous");
  await Promise.all([maintain(one), maintain(other)]);
  await setClock(hour);
  await Promise.all([maintain(one), maintain(other)]);
  const late = platform.deliveries(server.database);
  for (const worker of [late, one, other, late]) await maintain(worker);
  expect(await stepsSeen()).toEqual([3600]);
  expect(Math.abs(((await attemptOf())?.clock_step_ms ?? 0) - hour)).toBeLessThan(1_000);
  // The platform's clock and the database's are an hour apart now, so nothing is proven until one is set right.
  await setClock(-hour);
  await untilState(postId, "confirmed");
  expect((await viewOf(postId))?.attempts.map(({ state }) => state)).toEqual(["absent_proven", "confirmed"]);
  expect(await visible()).toEqual(["Lost on its way"]);
});

test("no window is learned from what was sent while a step was not told yet: it would be as long as the step", async ({
  server,
  platform,
  fixture,
  one,
  setClock,
  order,
  untilState,
  attemptOf,
}) => {
  await setClock(hour);
  await maintain(one);
  await setClock(-hour);
  await platform.setFaults([{ kind: "late_commit", delayMs: 1_200, remaining: 1 }]);
  const { postId } = await order("Sent by a clock that was set just now");
  await sweepUntil(one, async () => ((await attemptOf())?.looks ?? 0) > 0);
  await maintain(one);
  await untilState(postId, "confirmed");
  expect(await attemptOf()).toMatchObject({ state: "confirmed", settled_by: "located" });
  const learned = server.database.system.selectFrom("delivery_windows").select("visible_after_ms");
  expect(await learned.where("workspace_id", "=", fixture.workspaceId).execute()).toEqual([]);
});

test("after a clock was set back, what was sent is found by when it was sent, and nothing sleeps so much longer", async ({
  platform,
  one,
  setClock,
  order,
  viewOf,
  untilState,
  stepsSeen,
  visible,
}) => {
  await setClock(hour);
  await maintain(one);
  await platform.setFaults([{ kind: "lost_answer", remaining: 1 }]);
  const { postId } = await order("Sent by a wrong clock");
  await untilState(postId, "ambiguous");
  await setClock(-hour);
  await untilState(postId, "confirmed");
  expect((await viewOf(postId))?.attempts).toMatchObject([{ state: "confirmed", settledBy: "located" }]);
  expect(await stepsSeen()).toEqual([-3600]);
  expect(await visible()).toEqual(["Sent by a wrong clock"]);
});

test("a quarantine begins also where the clock was set back to before what is open was sent", async ({
  server,
  platform,
  fixture,
  one,
  setClock,
  order,
  untilState,
}) => {
  await setClock(hour);
  await maintain(one);
  await platform.setFaults([{ kind: "reset_before_commit", remaining: 1 }]);
  const { postId } = await order("Lost by a wrong clock");
  await untilState(postId, "ambiguous");
  await setClock(-hour);
  await maintain(one);
  const { userId } = await buildMember(server.database, fixture.workspaceId);
  const admin = { userId, name: "Ada", email: "ada@example.test", sessionId: newId() };
  expect(await one.quarantine.enter(admin, new Date())).toMatchObject({ active: true, reading: 1 });
  await sql`update installation set quarantined_at = null, quarantine_reason = null, unknown_since = null`.execute(
    server.database.system,
  );
});

test("after a clock was set back, waits and leases of the old one are pulled, and chosen times stay", async ({
  server,
  fixture,
  one,
  setClock,
  order,
}) => {
  await setClock(hour);
  await maintain(one);
  const { database } = server;
  const soon = new Date(Date.now() + 2 * hour);
  const { deliveryId: chosen } = await orderPost(fixture, one, textVariant("Chosen"), { dueAt: soon });
  const { deliveryId: again } = await order("Tried again");
  const { deliveryId: left } = await order("Left by a dead process");
  const inOneMinute = sql`clock_timestamp() + interval '1 minute'`;
  await sql`update deliveries set wake_at = ${inOneMinute} where id = ${again}`.execute(database.system);
  await sql`update deliveries set state = 'claimed', fence = fence + 1, lease_until = ${inOneMinute},
    wake_at = ${inOneMinute} where id = ${left}`.execute(database.system);
  await setClock(-hour);
  await maintain(one);
  const waits = await database.system
    .selectFrom("deliveries")
    .select(["id", sql<number>`extract(epoch from wake_at - clock_timestamp())::float8`.as("seconds")])
    .where("workspace_id", "=", fixture.workspaceId)
    .execute();
  const secondsOf = (id: string) => waits.find((row) => row.id === id)?.seconds ?? NaN;
  expect(secondsOf(again)).toBeCloseTo(60, -1);
  expect(secondsOf(left)).toBeLessThanOrEqual(300);
  expect(secondsOf(chosen)).toBeCloseTo(7_200, -2);
});

test("a hold that ends within the step is pulled as a whole, so that the step is told and the rest goes on", async ({
  server,
  one,
  setClock,
  stepsSeen,
  heldFor,
}) => {
  await setClock(hour);
  await maintain(one);
  await heldFor("10 minutes");
  await setClock(-hour);
  await maintain(one);
  expect(await stepsSeen()).toEqual([-3600]);
  const { since, until } = await server.database.system
    .selectFrom("delivery_holds")
    .select([inSeconds("since").as("since"), inSeconds("until").as("until")])
    .executeTakeFirstOrThrow();
  expect(since).toBeCloseTo(0, -1);
  expect(until).toBeCloseTo(600, -1);
});

test("no lease is cut that its own settings made longer", async ({
  server,
  platform,
  fixture,
  setClock,
  viewOf,
}) => {
  const patient: Connector = {
    ...platform.connector,
    settling: () => ({ deadlineMs: 1_800_000, windowMs: 3_600_000, builtIn: true }),
  };
  const { database } = server;
  const settings = { leaseMs: hour, marginMs: 60_000 };
  const long = platform.deliveries(database, { settings, speaking: patient });
  const day = { graceSeconds: 86_400 };
  const { postId, deliveryId } = await orderPost(fixture, long, textVariant("On its way"), day);
  const { deliveryId: claimed } = await orderPost(fixture, long, textVariant("Prepared for an hour"), {
    dueAt: new Date(Date.now() + hour),
  });
  await sql`update deliveries set state = 'claimed', fence = fence + 1,
    lease_until = clock_timestamp() + interval '50 minutes', wake_at = clock_timestamp() + interval '50 minutes'
    where id = ${claimed}`.execute(database.system);
  // For all: what other tests have left behind is sent as well.
  await platform.setFaults([{ kind: "slow", delayMs: 1_500, remaining: null }]);
  await maintain(long);
  const sending = sweepUntil(long, async () => (await viewOf(postId))?.state === "confirmed");
  while ((await viewOf(postId))?.state !== "in_flight") await pause(20);
  await setClock(hour);
  await maintain(long);
  const leases = await database.system
    .selectFrom("deliveries")
    .select(["id", "state", inSeconds("lease_until").as("seconds")])
    .where("workspace_id", "=", fixture.workspaceId)
    .execute();
  await sending;
  const leaseOf = (id: string) => leases.find((row) => row.id === id);
  expect(leaseOf(claimed)?.seconds).toBeCloseTo(3_000, -2);
  expect(leaseOf(deliveryId)?.state).toBe("in_flight");
  expect(leaseOf(deliveryId)?.seconds).toBeCloseTo(1_860, -2);
});

test("later looks come when they would have, and the leases of looks and preparations neither end early nor last longer", async ({
  server,
  fixture,
  one,
  setClock,
  order,
  untilState,
}) => {
  const { database } = server;
  const { postId, deliveryId } = await order("Looked for later");
  await untilState(postId, "confirmed");
  const write = async () => {
    await sql`delete from delivery_later_looks where delivery_id = ${deliveryId}`.execute(database.system);
    await sql`delete from delivery_preparations where delivery_id = ${deliveryId}`.execute(database.system);
    await sql`
      insert into delivery_later_looks (workspace_id, delivery_id, item, number, turn, due_at, lease_until) values
        (${fixture.workspaceId}, ${deliveryId}, 0, 1, 1, clock_timestamp(), clock_timestamp() + interval '1 minute'),
        (${fixture.workspaceId}, ${deliveryId}, 0, 1, 2, clock_timestamp() + interval '1 day', null)`.execute(
      database.system,
    );
    await sql`
      insert into delivery_preparations (workspace_id, delivery_id, due_at, app, lease_until, try_after) values
        (${fixture.workspaceId}, ${deliveryId}, clock_timestamp(), '', clock_timestamp() + interval '1 minute',
          clock_timestamp() + interval '2 minutes')`.execute(database.system);
  };
  const read = async () => {
    const looks = await database.system
      .selectFrom("delivery_later_looks")
      .select([inSeconds("due_at").as("due"), inSeconds("lease_until").as("lease")])
      .where("delivery_id", "=", deliveryId)
      .orderBy("turn")
      .execute();
    const preparation = await database.system
      .selectFrom("delivery_preparations")
      .select([inSeconds("lease_until").as("lease"), inSeconds("try_after").as("tryAfter")])
      .where("delivery_id", "=", deliveryId)
      .executeTakeFirstOrThrow();
    return { soon: looks[0], aDayLater: looks[1], preparation };
  };
  await maintain(one);
  await write();
  await setClock(hour);
  await maintain(one);
  const forward = await read();
  expect(forward.soon?.lease).toBeCloseTo(60, -1);
  expect(forward.preparation.lease).toBeCloseTo(60, -1);
  await write();
  await setClock(-hour);
  await maintain(one);
  const back = await read();
  expect(back.aDayLater?.due).toBeCloseTo(86_400, -2);
  expect(back.aDayLater?.lease).toBeNull();
  expect(back.soon?.lease).toBeLessThanOrEqual(300);
  expect(back.preparation.lease).toBeLessThanOrEqual(300);
  expect(back.preparation.tryAfter).toBeCloseTo(120, -1);
});
