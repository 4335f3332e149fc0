import { sql } from "kysely";
import { expect } from "vitest";
import { asOwner, giveClock, stepClock } from "../../../test/support/clock.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";
import type { Deliveries } from "../deliveries.ts";
import { createClockSteps } from "./clock-steps.ts";

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
  /** In tens of seconds: a busy machine takes one between two looks at the clock. */
  .extend("stepsSeen", ({ server }) => async (): Promise<number[]> => {
    const rows = await server.database.system
      .selectFrom("clock_steps")
      .select("by_ms")
      .orderBy("id")
      .execute();
    return rows.map((row) => 10 * Math.round(row.by_ms / 10_000));
  })
  /** No step can be written down. */
  .extend("refuseSteps", ({ server }) => async (): Promise<void> => {
    await asOwner(server.url, (client) =>
      client.query("alter table clock_steps add constraint refused check (false) not valid"),
    );
  })
  .extend("takeSteps", ({ server }) => async (): Promise<void> => {
    await asOwner(server.url, (client) =>
      client.query("alter table clock_steps drop constraint if exists refused"),
    );
  })
  /** Beside a steady clock that a test moves. */
  .extend("clocksOfOurOwn", ({ server, setClock }) => (settings: { leaseMs: number }, now?: () => number) => {
    let steadyMs = 0;
    const lines: string[] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (_details: object, line: string) => void lines.push(line),
    };
    const given = { database: server.database, log, settings: { marginMs: 500, ...settings } };
    return {
      clocks: createClockSteps(given, now ?? (() => steadyMs)),
      told: () => lines,
      /** For both clocks. */
      pass: async (ms: number) => {
        steadyMs += ms;
        await setClock(ms);
      },
    };
  });

test.beforeAll(({ server }) => giveClock(server.url));

/** What a worker does between two claims. */
async function maintain(worker: Deliveries): Promise<void> {
  await worker.sweeps.find(({ name }) => name === "delivery.maintenance")?.run(new AbortController().signal);
}

test("a step that cannot be told to what waits is told to people, and ends no lease of before it", async ({
  setClock,
  stepsSeen,
  refuseSteps,
  takeSteps,
  clocksOfOurOwn,
}) => {
  const { clocks, told, pass } = clocksOfOurOwn({ leaseMs: 400_000 });
  expect(await clocks.compare()).toBe(true);
  await refuseSteps();
  try {
    await setClock(hour);
    expect(await clocks.compare()).toBe(false);
    await pass(390_000);
    expect(await clocks.compare()).toBe(false);
    // By then all that was claimed before the step is over.
    await pass(20_000);
    expect(await clocks.compare()).toBe(true);
    expect(told()).toHaveLength(3);
    expect(told()[0]).toContain("forward by 3600 seconds");
    expect(told()[0]).toContain("could not be told");
  } finally {
    await takeSteps();
  }
  expect(await clocks.compare()).toBe(true);
  expect(await stepsSeen()).toEqual([3600]);
});

test("what dead workers left is recovered although a step back cannot be told", async ({
  server,
  one,
  setClock,
  order,
  stepsSeen,
  refuseSteps,
  takeSteps,
}) => {
  await setClock(hour);
  await maintain(one);
  const { deliveryId } = await order("Left by a dead process");
  await setClock(-hour);
  await sql`update deliveries set state = 'claimed', fence = fence + 1, lease_until = clock_timestamp() - interval '1 second',
    wake_at = clock_timestamp() - interval '1 second' where id = ${deliveryId}`.execute(
    server.database.system,
  );
  await refuseSteps();
  try {
    await maintain(one);
  } finally {
    await takeSteps();
  }
  expect(await stepsSeen()).toEqual([]);
  const { state } = await server.database.system
    .selectFrom("deliveries")
    .select("state")
    .where("id", "=", deliveryId)
    .executeTakeFirstOrThrow();
  expect(state).toBe("scheduled");
});

test("a step is neither a slow answer, nor a correction in small steps, nor a machine that stood still", async ({
  setClock,
  stepsSeen,
  clocksOfOurOwn,
}) => {
  const { clocks, pass } = clocksOfOurOwn({ leaseMs: 3_000 });
  await clocks.compare();
  await setClock(4_000);
  await clocks.compare();
  await pass(hour);
  await clocks.compare();
  // The second asking takes a minute, and somewhere within it the database tells the time.
  let asked = 0;
  const slow = clocksOfOurOwn({ leaseMs: 3_000 }, () => ((asked += 1) < 4 ? 0 : 60_000)).clocks;
  await slow.compare();
  await setClock(50_000);
  await slow.compare();
  expect(await stepsSeen()).toEqual([]);
});
