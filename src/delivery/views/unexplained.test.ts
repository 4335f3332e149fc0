import { sql } from "kysely";
import { expect } from "vitest";
import { type Connector, ConnectorFailure } from "#connectors";
import { asOwner } from "../../../test/support/database.ts";
import { orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { testOnSharedSandbox as base } from "../../../test/support/fixtures/delivery.ts";
import { countStuck, stuckIn } from "./stuck.read.ts";

// An error that nobody foresaw ends in words and a question, never in a delivery that says nothing.

const test = base
  /** Publishes by this connector until the delivery has ended, without waiting for back-offs. */
  .extend("publishBy", ({ server, platform, fixture }) => async (speaking: Connector) => {
    // Room for a busy machine: what is sent too late is taken back and sent again.
    const deliveries = platform.deliveries(server.database, { settings: { leaseMs: 10_000 }, speaking });
    const { postId } = await orderPost(fixture, deliveries, textVariant("Hello"));
    const read = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0];
    await sweepUntil(
      deliveries,
      async () => {
        await server.database.system
          .updateTable("deliveries")
          .set({ wake_at: sql`clock_timestamp()` })
          .where("post_id", "=", postId)
          .where("state", "=", "scheduled")
          .execute();
        return ["confirmed", "rejected", "missed"].includes((await read())?.state ?? "");
      },
      60_000,
    );
    return read();
  });

test.for([
  [
    "in preparing",
    (): Partial<Connector> => ({ prepare: () => Promise.reject(new RangeError("too much recursion")) }),
  ],
  [
    "thrown at once",
    (): Partial<Connector> => ({
      prepare: () => {
        throw new RangeError("too much recursion");
      },
    }),
  ],
  [
    "in reading the settings",
    (): Partial<Connector> => ({
      settling: () => {
        throw new RangeError("too much recursion");
      },
    }),
  ],
] as const)(
  "%s: tried a few times, then asks with the reason",
  async ([_where, broken], { platform, publishBy }) => {
    const view = await publishBy({ ...platform.connector, ...broken() });
    expect(view).toMatchObject({
      state: "rejected",
      attempts: [],
      error: { code: "delivery.cannot_prepare" },
    });
    expect(view?.error?.message).toContain("too much recursion");
    expect(view?.error?.message).toContain("5 times");
  },
);

test("one that passes is not told for ever", async ({ platform, publishBy }) => {
  let left = 3;
  const view = await publishBy({
    ...platform.connector,
    prepare: (context, delivery) => {
      left -= 1;
      if (left > 0) throw new RangeError("a moment");
      return platform.connector.prepare(context, delivery);
    },
  });
  expect(view).toMatchObject({ state: "confirmed", error: null });
});

test("other failures between them begin the row anew", async ({ platform, publishBy }) => {
  const busy = { verdict: "throttled", code: "busy", message: "Too many posts." } as const;
  let tries = 0;
  const view = await publishBy({
    ...platform.connector,
    prepare: (context, delivery) => {
      tries += 1;
      if (tries % 2 === 1 && tries < 14) throw new ConnectorFailure(busy);
      if (tries < 14) throw new RangeError("a moment");
      return platform.connector.prepare(context, delivery);
    },
  });
  expect(view).toMatchObject({ state: "confirmed", error: null });
});

test("what stays neither sent nor asking is counted and named", async ({ server, platform, fixture }) => {
  const deliveries = platform.deliveries(server.database);
  const { deliveryId } = await orderPost(fixture, deliveries, textVariant("Forgotten"));
  expect(await stuckIn(server.database.system, fixture.workspaceId)).toEqual([]);
  await server.database.system
    .updateTable("deliveries")
    .set({ late_after: sql`clock_timestamp() - interval '1 hour'` })
    .where("id", "=", deliveryId)
    .execute();
  expect(await stuckIn(server.database.system, fixture.workspaceId)).toMatchObject([
    { id: deliveryId, state: "scheduled" },
  ]);
  expect(await countStuck(server.database.system)).toContainEqual({ connector: "sandbox", count: 1 });
});

test("what is read back for long is stuck only after four times its window, of weeks too", async ({
  server,
  platform,
  fixture,
}) => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const unreadable = { ...platform.connector, locate: () => Promise.reject(new RangeError("no list")) };
  const deliveries = platform.deliveries(server.database, { speaking: unreadable });
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("Lost history"));
  const read = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0];
  await sweepUntil(deliveries, async () => (await read())?.state === "ambiguous");
  await platform.setFaults([]);
  async function lateFor(days: number): Promise<string[]> {
    const window = `update delivery_attempts set window_ms = 7 * 86400000 where delivery_id = $1`;
    await asOwner(server.url, window, [deliveryId]);
    const late = `update deliveries set lease_until = null, late_after = now() - $2 * interval '1 day' where id = $1`;
    await asOwner(server.url, late, [deliveryId, days]);
    return (await stuckIn(server.database.system, fixture.workspaceId)).map(({ id }) => id);
  }
  expect(await lateFor(27)).toEqual([]);
  expect(await lateFor(29)).toEqual([deliveryId]);
});
