import { sql } from "kysely";
import { describe, expect, vi } from "vitest";
import type { Connector, ConnectorContext, DeliveryInput, MediaInfo } from "#connectors";
import { buildApp } from "../../../test/support/builders.ts";
import {
  buildDeliveryFixture,
  orderPost,
  pauseChannel,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";
import type { Deliveries } from "../deliveries.ts";
import { isSlowToPrepare } from "../model/slow.ts";

const video: MediaInfo = {
  mediaId: "film",
  sha256: "0".repeat(64),
  mimeType: "video/mp4",
  bytes: 300_000_000,
  width: 1920,
  height: 1080,
  durationMs: 90_000,
  pages: null,
};
const picture: MediaInfo = { ...video, mimeType: "image/jpeg", bytes: 2_000_000, durationMs: null };
const patience = { timeout: 20_000, interval: 30 };

const test = base
  .extend("fixture", async ({ server, platform }, { onCleanup }) => {
    const fixture = await buildDeliveryFixture(server.database, platform.connector);
    // What is left of it is none of the next test's.
    onCleanup(() => pauseChannel(fixture));
    return fixture;
  })
  /** The sweeps that run while the test does. */
  .extend("running", async ({ fixture: _fixture }, { onCleanup }) => {
    const running: Running = { stoppings: [], runs: [] };
    onCleanup(async () => {
      for (const stopping of running.stoppings) stopping.abort();
      await Promise.all(running.runs);
    });
    return running;
  })
  /** The sandbox's connector, with something to be done first for each preparation. */
  .extend(
    "watched",
    ({ platform }) =>
      (
        work: (context: ConnectorContext, count: number) => Promise<unknown> = async () => undefined,
      ): Watched => {
        const signals: AbortSignal[] = [];
        async function prepare(context: ConnectorContext, delivery: DeliveryInput) {
          signals.push(context.signal);
          await work(context, signals.length);
          return platform.connector.prepare(context, { ...delivery, media: [] });
        }
        return { connector: { ...platform.connector, prepare }, signals };
      },
  )
  .extend(
    "deliveriesWith",
    ({ server, platform }) =>
      (connector: Connector): Deliveries =>
        platform.deliveries(server.database, {
          settings: { leaseMs: 2_000, marginMs: 300 },
          speaking: connector,
        }),
  )
  .extend("start", ({ running }) => (deliveries: Deliveries, name: string): AbortController => {
    const stopping = new AbortController();
    running.stoppings.push(stopping);
    const sweep = deliveries.sweeps.find((one) => one.name === name);
    running.runs.push(sweep?.run(stopping.signal) ?? Promise.reject(new TypeError(`no sweep ${name}`)));
    return stopping;
  })
  .extend(
    "orderFilm",
    ({ order }) =>
      (deliveries: Deliveries, dueAt: Date, media = [video]) =>
        order("The film", { dueAt, media }),
  )
  .extend(
    "stateOf",
    ({ fixture }) =>
      async (deliveries: Deliveries, postId: string): Promise<string | undefined> =>
        (await deliveries.forPost(fixture.workspaceId, postId))[0]?.state,
  )
  .extend(
    "kept",
    ({ server }) =>
      async (deliveryId: string) =>
        server.database.system
          .selectFrom("delivery_preparations")
          .select(["plan", "lease_until", "tries"])
          .where("delivery_id", "=", deliveryId)
          .executeTakeFirst(),
  )
  .extend(
    "isKept",
    ({ kept }) =>
      (deliveryId: string) =>
        vi.waitFor(async () => expect((await kept(deliveryId))?.plan ?? null).not.toBeNull(), patience),
  )
  /** Its time has come. */
  .extend("makeDue", ({ server }) => async (deliveryId: string): Promise<void> => {
    await sql`update deliveries set wake_at = clock_timestamp() where id = ${deliveryId}`.execute(
      server.database.system,
    );
  });

type Running = { stoppings: AbortController[]; runs: Promise<void>[] };
type Watched = { connector: Connector; signals: AbortSignal[] };

const ahead = "delivery.prepare_ahead";
const inAMinute = () => new Date(Date.now() + 60_000);

test("videos, documents and many bytes are slow to prepare, other images are not", () => {
  expect(isSlowToPrepare([video])).toBe(true);
  expect(isSlowToPrepare([{ ...picture, mimeType: "application/pdf" }])).toBe(true);
  expect(isSlowToPrepare([picture, picture])).toBe(false);
  expect(isSlowToPrepare([picture, picture, picture, picture])).toBe(true);
  expect(isSlowToPrepare([])).toBe(false);
});

describe("a film that is due soon", () => {
  test("is prepared once before its time, shown only then, and sent from what was prepared", async ({
    fixture,
    watched,
    deliveriesWith,
    start,
    orderFilm,
    stateOf,
    kept,
    isKept,
    makeDue,
    visible,
  }) => {
    const { connector, signals } = watched();
    const deliveries = deliveriesWith(connector);
    const { postId, deliveryId } = await orderFilm(deliveries, inAMinute());
    start(deliveries, ahead);
    await isKept(deliveryId);
    expect(await visible()).toEqual([]);
    const [view] = await deliveries.forPost(fixture.workspaceId, postId);
    expect(view).toMatchObject({ state: "scheduled", attempts: [] });
    await makeDue(deliveryId);
    await sweepUntil(deliveries, async () => (await stateOf(deliveries, postId)) === "confirmed");
    expect(signals).toHaveLength(1);
    expect(await visible()).toEqual(["The film"]);
    await sweepUntil(deliveries, async () => (await kept(deliveryId)) === undefined);
  }, 40_000);

  test("is waited for when its time comes first, not uploaded beside itself", async ({
    server,
    watched,
    deliveriesWith,
    start,
    orderFilm,
    stateOf,
    isKept,
    makeDue,
    visible,
  }) => {
    const ready = Promise.withResolvers<void>();
    const { connector, signals } = watched(() => ready.promise);
    const deliveries = deliveriesWith(connector);
    const { postId, deliveryId } = await orderFilm(deliveries, inAMinute());
    start(deliveries, ahead);
    await vi.waitFor(() => expect(signals).toHaveLength(1), patience);
    await makeDue(deliveryId);
    const other = deliveriesWith(connector);
    start(other, "delivery.publish");
    await vi.waitFor(async () => {
      const row = await server.database.system
        .selectFrom("deliveries")
        .select("fence")
        .where("id", "=", deliveryId)
        .executeTakeFirstOrThrow();
      // Claimed and given back.
      expect(row.fence).toBeGreaterThan(0);
    }, patience);
    expect(await visible()).toEqual([]);
    ready.resolve();
    await isKept(deliveryId);
    await sweepUntil(other, async () => (await stateOf(other, postId)) === "confirmed");
    expect(signals).toHaveLength(1);
    expect(await visible()).toEqual(["The film"]);
  }, 40_000);

  test("is left alone when it is far off, light, or its channel is paused", async ({
    server,
    running,
    watched,
    deliveriesWith,
    start,
    orderFilm,
  }) => {
    const { connector, signals } = watched();
    const deliveries = deliveriesWith(connector);
    await orderFilm(deliveries, new Date(Date.now() + 7_200_000));
    await orderFilm(deliveries, inAMinute(), [picture]);
    const paused = await buildDeliveryFixture(server.database, connector);
    await server.database.system
      .updateTable("channels")
      .set({ paused_at: new Date() })
      .where("id", "=", paused.channelId)
      .execute();
    await orderPost(paused, deliveries, textVariant("Paused"), { dueAt: inAMinute(), media: [video] });
    start(deliveries, ahead);
    await Promise.all(running.runs);
    expect(signals).toEqual([]);
  });

  test("is prepared again where its time or its app has changed", async ({
    server,
    fixture,
    running,
    watched,
    deliveriesWith,
    start,
    orderFilm,
    isKept,
  }) => {
    const { connector, signals } = watched();
    const deliveries = deliveriesWith(connector);
    const { postId, deliveryId } = await orderFilm(deliveries, inAMinute());
    start(deliveries, ahead);
    await isKept(deliveryId);
    const dueAt = new Date(Date.now() + 120_000);
    await server.database.inWorkspace(fixture.workspaceId, (transaction) =>
      deliveries.reschedule(transaction, fixture.workspaceId, postId, dueAt),
    );
    start(deliveries, ahead);
    await vi.waitFor(() => expect(signals).toHaveLength(2), patience);
    await Promise.all(running.runs);
    const place = { ...fixture, connector: connector.id };
    await buildApp(server.database, place, { identity: "another", openValues: {} });
    start(deliveries, ahead);
    await vi.waitFor(() => expect(signals).toHaveLength(3), patience);
    await Promise.all(running.runs);
    // And nothing more where nothing has changed.
    start(deliveries, ahead);
    await Promise.all(running.runs);
    expect(signals).toHaveLength(3);
  }, 60_000);
});

describe("a preparation ahead of time", () => {
  test("of a cancelled post ends, and nothing is sent", async ({
    server,
    fixture,
    running,
    watched,
    deliveriesWith,
    start,
    orderFilm,
    stateOf,
    visible,
  }) => {
    const { connector, signals } = watched(({ signal }) => {
      const ended = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => ended.reject(new Error("aborted")));
      return ended.promise;
    });
    const deliveries = deliveriesWith(connector);
    const { postId, deliveryId } = await orderFilm(deliveries, inAMinute());
    start(deliveries, ahead);
    await vi.waitFor(() => expect(signals).toHaveLength(1), patience);
    const change = await server.database.inWorkspace(fixture.workspaceId, (transaction) =>
      deliveries.cancel(transaction, fixture.workspaceId, postId),
    );
    expect(change).toEqual({ cancelled: [deliveryId], tooLate: [] });
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true), patience);
    await Promise.all(running.runs);
    expect(await stateOf(deliveries, postId)).toBe("cancelled");
    expect(await visible()).toEqual([]);
  }, 40_000);

  test("that fails is made again when the post is due", async ({
    running,
    watched,
    deliveriesWith,
    start,
    orderFilm,
    stateOf,
    kept,
    makeDue,
    visible,
  }) => {
    const { connector, signals } = watched(async (_context, count) => {
      if (count === 1) throw new Error("the line is down");
    });
    const deliveries = deliveriesWith(connector);
    const { postId, deliveryId } = await orderFilm(deliveries, inAMinute());
    start(deliveries, ahead);
    await Promise.all(running.runs);
    expect(await kept(deliveryId)).toMatchObject({ plan: null, lease_until: null, tries: 1 });
    expect(await stateOf(deliveries, postId)).toBe("scheduled");
    await makeDue(deliveryId);
    await sweepUntil(deliveries, async () => (await stateOf(deliveries, postId)) === "confirmed");
    expect(signals).toHaveLength(2);
    expect(await visible()).toEqual(["The film"]);
  }, 40_000);

  test("whose worker died holds its post back no longer than the lease", async ({
    server,
    watched,
    deliveriesWith,
    orderFilm,
    stateOf,
    makeDue,
    visible,
  }) => {
    const { connector, signals } = watched();
    const deliveries = deliveriesWith(connector);
    const { postId, deliveryId } = await orderFilm(deliveries, inAMinute());
    await sql`insert into delivery_preparations (workspace_id, delivery_id, due_at, app, lease_until)
      select workspace_id, id, due_at, '', clock_timestamp() + interval '1 second' from deliveries
      where id = ${deliveryId}`.execute(server.database.system);
    await makeDue(deliveryId);
    await sweepUntil(deliveries, async () => (await stateOf(deliveries, postId)) === "confirmed");
    expect(signals).toHaveLength(1);
    expect(await visible()).toEqual(["The film"]);
  }, 40_000);

  test("is given back where the process stops, and another worker takes it", async ({
    running,
    watched,
    deliveriesWith,
    start,
    orderFilm,
    kept,
    isKept,
  }) => {
    const { connector, signals } = watched(async (_context, count) =>
      count === 1 ? new Promise(() => undefined) : undefined,
    );
    const deliveries = deliveriesWith(connector);
    const { deliveryId } = await orderFilm(deliveries, inAMinute());
    const stopping = start(deliveries, ahead);
    await vi.waitFor(() => expect(signals).toHaveLength(1), patience);
    stopping.abort();
    await Promise.all(running.runs);
    expect(await kept(deliveryId)).toMatchObject({ plan: null, lease_until: null, tries: 0 });
    start(deliveriesWith(connector), ahead);
    await isKept(deliveryId);
    expect(signals).toHaveLength(2);
  }, 40_000);
});
