import { sql } from "kysely";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { giveClock, stepClock } from "../../test/clock.ts";
import { testDatabase, type TestDatabase } from "../../test/database.ts";
import {
  buildDeliveryHouse,
  type DeliveryHouse,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  sweepUntil,
  textVariant,
} from "../../test/delivery.ts";
import { createClockSteps } from "./clock-steps.ts";
import type { Deliveries } from "./deliveries.ts";
import type { DeliveryState } from "./state.ts";

const hour = 3_600_000;

let server: TestDatabase;
let platform: DeliverySandbox;
let house: DeliveryHouse;
/** Two workers. */
let one: Deliveries;
let other: Deliveries;
let setByMs: number;

beforeAll(async () => {
  server = await testDatabase();
  await giveClock(server.url);
});
afterAll(() => server.close());
beforeEach(async () => {
  platform = await startDeliverySandbox();
  house = await buildDeliveryHouse(server.database, platform.connector);
  one = platform.deliveries(server.database);
  other = platform.deliveries(server.database);
  setByMs = 0;
});
afterEach(async () => {
  await stepClock(server.url, { byMs: -setByMs });
  await server.database.system.deleteFrom("clock_steps").execute();
  await platform.close();
});

async function setClock(byMs: number): Promise<void> {
  setByMs += byMs;
  await stepClock(server.url, { byMs });
}

/** What a worker does between two claims. */
async function tend(worker: Deliveries): Promise<void> {
  await worker.sweeps.find(({ name }) => name === "delivery.tend")?.run(new AbortController().signal);
}

/** Late is told by the same clock: these posts may be late by a day. */
function order(text: string) {
  return orderPost(house, one, textVariant(text), { graceSeconds: 86_400 });
}

async function viewOf(postId: string) {
  return (await one.forPost(house.workspaceId, postId))[0];
}

async function untilState(postId: string, state: DeliveryState): Promise<void> {
  await sweepUntil(one, async () => (await viewOf(postId))?.state === state);
}

async function stepsSeen(): Promise<number[]> {
  const rows = await server.database.system.selectFrom("clock_steps").select("by_ms").orderBy("id").execute();
  return rows.map((row) => Math.round(row.by_ms / 1_000));
}

async function texts(): Promise<string[]> {
  return (await platform.journal()).map(({ text }) => text);
}

test("a clock that is set an hour ahead ends no lease: the answer of what is on its way still counts", async () => {
  const { postId } = await order("On its way");
  // Well within the deadline of a call, also on a slow machine: a lost answer would be another matter.
  await platform.setFaults([{ kind: "slow", delayMs: 400 }]);
  await Promise.all([tend(one), tend(other)]);
  const sending = sweepUntil(one, async () => (await viewOf(postId))?.state === "confirmed");
  while ((await viewOf(postId))?.state !== "in_flight") await pause(20);
  await setClock(hour);
  await Promise.all([tend(one), tend(other)]);
  await sending;
  expect((await viewOf(postId))?.attempts).toMatchObject([{ state: "confirmed", settledBy: "answer" }]);
  expect(await texts()).toEqual(["On its way"]);
});

test("several workers prolong the windows of one step once, and a worker that comes later finds nothing to do", async () => {
  await platform.setFaults([{ kind: "reset_before_commit", remaining: 1 }]);
  const { postId } = await order("Lost on its way");
  await untilState(postId, "ambiguous");
  await Promise.all([tend(one), tend(other)]);
  await setClock(hour);
  await Promise.all([tend(one), tend(other)]);
  const late = platform.deliveries(server.database);
  for (const worker of [late, one, other, late]) await tend(worker);
  expect(await stepsSeen()).toEqual([3600]);
  const { clock_step_ms: prolongedMs } = await server.database.system
    .selectFrom("delivery_attempts")
    .select("clock_step_ms")
    .where("workspace_id", "=", house.workspaceId)
    .executeTakeFirstOrThrow();
  expect(Math.abs(prolongedMs - hour)).toBeLessThan(1_000);
  // The platform's clock and the database's are an hour apart now, so nothing is proven until one is set right.
  await setClock(-hour);
  await untilState(postId, "confirmed");
  expect((await viewOf(postId))?.attempts.map(({ state }) => state)).toEqual(["absent_proven", "confirmed"]);
  expect(await texts()).toEqual(["Lost on its way"]);
});

test("after a clock was set back, what was sent is found by when it was sent, and nothing sleeps so much longer", async () => {
  await setClock(hour);
  await tend(one);
  await platform.setFaults([{ kind: "lost_answer", remaining: 1 }]);
  const { postId } = await order("Sent by a wrong clock");
  await untilState(postId, "ambiguous");
  await setClock(-hour);
  await untilState(postId, "confirmed");
  expect((await viewOf(postId))?.attempts).toMatchObject([{ state: "confirmed", settledBy: "located" }]);
  expect(await stepsSeen()).toEqual([-3600]);
  expect(await texts()).toEqual(["Sent by a wrong clock"]);
});

test("after a clock was set back, waits and leases of the old one are pulled, and chosen times stay", async () => {
  await setClock(hour);
  await tend(one);
  const { database } = server;
  const soon = new Date(Date.now() + 2 * hour);
  const { deliveryId: chosen } = await orderPost(house, one, textVariant("Chosen"), { dueAt: soon });
  const { deliveryId: again } = await order("Tried again");
  const { deliveryId: left } = await order("Left by a dead process");
  const inOneMinute = sql`clock_timestamp() + interval '1 minute'`;
  await sql`update deliveries set wake_at = ${inOneMinute} where id = ${again}`.execute(database.system);
  await sql`update deliveries set state = 'claimed', fence = fence + 1, lease_until = ${inOneMinute},
    wake_at = ${inOneMinute} where id = ${left}`.execute(database.system);
  await setClock(-hour);
  await tend(one);
  const waits = await database.system
    .selectFrom("deliveries")
    .select(["id", sql<number>`extract(epoch from wake_at - clock_timestamp())::float8`.as("seconds")])
    .where("workspace_id", "=", house.workspaceId)
    .execute();
  const secondsOf = (id: string) => waits.find((row) => row.id === id)?.seconds ?? NaN;
  expect(secondsOf(again)).toBeCloseTo(60, -1);
  expect(secondsOf(left)).toBeLessThanOrEqual(300);
  expect(secondsOf(chosen)).toBeCloseTo(7_200, -2);
});

test("a step is neither a slow answer, nor a correction in small steps, nor a machine that stood still", async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  let steadyMs = 0;
  const clocks = createClockSteps({ database: server.database, log }, () => steadyMs);
  await clocks.compare();
  await setClock(4_000);
  await clocks.compare();
  // Both clocks went on meanwhile.
  await setClock(hour);
  steadyMs += hour;
  await clocks.compare();
  // The second asking takes a minute, and somewhere within it the database tells the time.
  let asked = 0;
  const slow = createClockSteps({ database: server.database, log }, () => ((asked += 1) < 4 ? 0 : 60_000));
  await slow.compare();
  await setClock(50_000);
  await slow.compare();
  expect(await stepsSeen()).toEqual([]);
});
