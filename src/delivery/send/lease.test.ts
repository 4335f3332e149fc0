import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect } from "vitest";
import type { Connector, ConnectorContext, DeliveryInput } from "#connectors";
import {
  buildDeliveryFixture,
  orderPost,
  pauseChannel,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";
import { claimDue } from "../claim/claim.store.ts";
import { whileHeld } from "./lease.ts";
import { renewLease } from "./leases.store.ts";

const leaseMs = 1_800;
const settings = { leaseMs, marginMs: 300 };

const test = base
  .extend("fixture", async ({ server, platform }, { onCleanup }) => {
    const fixture = await buildDeliveryFixture(server.database, platform.connector);
    // What is left of it is none of the next test's.
    onCleanup(() => pauseChannel(fixture));
    return fixture;
  })
  /** Another worker, with a connector that is quick. */
  .extend("other", ({ server, platform }) => platform.deliveries(server.database, { settings }))
  .extend("running", async ({ fixture: _fixture }, { onCleanup }) => {
    const running: { stopping: AbortController; run: Promise<unknown> }[] = [];
    onCleanup(async () => {
      for (const { stopping } of running) stopping.abort();
      await Promise.all(running.map(({ run }) => run));
    });
    return running;
  })
  /** A connector that first does something slow for each post whose text begins with "Slow". */
  .extend("slowly", ({ platform }) => (work: (context: ConnectorContext) => Promise<unknown>): Slow => {
    const signals: AbortSignal[] = [];
    async function prepare(context: ConnectorContext, delivery: DeliveryInput) {
      if (delivery.variant.parts[0]?.startsWith("Slow")) {
        signals.push(context.signal);
        await work(context);
      }
      return platform.connector.prepare(context, delivery);
    }
    return { connector: { ...platform.connector, prepare }, signals };
  })
  /** Runs the publishing sweep once, as a worker would, until it is stopped. */
  .extend(
    "startWorker",
    ({ server, platform, running }) =>
      (connector: Connector, given: { prepareMs?: number } = {}): AbortController => {
        const worker = platform.deliveries(server.database, {
          settings: { ...settings, ...given },
          speaking: connector,
        });
        const stopping = new AbortController();
        const [publish] = worker.sweeps;
        running.push({ stopping, run: publish?.run(stopping.signal) ?? Promise.resolve() });
        return stopping;
      },
  )
  .extend("viewOf", ({ fixture, other }) => async (postId: string) => {
    const [view] = await other.forPost(fixture.workspaceId, postId);
    if (!view) throw new Error("there is no delivery");
    return view;
  })
  .extend("rowOf", ({ server }) => async (deliveryId: string) => {
    const rows = server.database.system.selectFrom("deliveries").select(["fence", "tries", "lease_until"]);
    return rows.where("id", "=", deliveryId).executeTakeFirstOrThrow();
  })
  .extend(
    "hold",
    ({ server, fixture, other }) =>
      async (prepare: () => Promise<string>, renewLeaseOf: () => Promise<boolean>) => {
        await orderPost(fixture, other, textVariant("Held"));
        const [claimed] = await claimDue(server.database.system, { limit: 1, leaseMs, busyChannels: [] });
        if (!claimed) throw new Error("nothing was claimed");
        const now = performance.now();
        const abort = new AbortController();
        const work = {
          claimed,
          lateAt: now + 60_000,
          leaseEndsAt: now + leaseMs,
          abort,
          credentialsAt: null,
        };
        const limits = { concurrency: 1, minimumWindowMs: 0, prepareMs: 60_000, aheadMs: 0, skewMs: 0 };
        const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
        const deps = { settings: { ...settings, ...limits }, log, renewLease: renewLeaseOf };
        return whileHeld(deps, work, new AbortController().signal, prepare);
      },
  );

/** Another worker, with a connector that is quick. */
type Slow = { connector: Connector; signals: AbortSignal[] };

const failing = () => Promise.reject(new Error("it failed"));
const never = () => new Promise<never>(() => undefined);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error("this did not come true");
    await pause(20);
  }
}

describe("a preparation that takes longer than a lease", () => {
  test("keeps its delivery for three leases and publishes once", async ({
    fixture,
    other,
    slowly,
    startWorker,
    viewOf,
    rowOf,
    visible,
  }) => {
    const slow = slowly(() => pause(3 * leaseMs));
    const { postId, deliveryId } = await orderPost(fixture, other, textVariant("Slow video"));
    startWorker(slow.connector);
    await until(() => slow.signals.length === 1);
    // The other worker looks for ended leases and due posts all the while.
    await sweepUntil(other, async () => (await viewOf(postId)).state === "confirmed");
    expect(slow.signals).toHaveLength(1);
    expect(await visible()).toEqual(["Slow video"]);
    expect((await viewOf(postId)).attempts).toMatchObject([{ number: 1, state: "confirmed" }]);
    expect((await rowOf(deliveryId)).fence).toBe(1);
  }, 30_000);

  test("holds up nobody else in its process", async ({
    fixture,
    other,
    slowly,
    startWorker,
    viewOf,
    visible,
  }) => {
    const slow = slowly(never);
    await orderPost(fixture, other, textVariant("Slow video"));
    const stopping = startWorker(slow.connector);
    await until(() => slow.signals.length === 1);
    const { postId } = await orderPost(fixture, other, textVariant("Quick"));
    await until(async () => (await viewOf(postId)).state === "confirmed");
    expect(stopping.signal.aborted).toBe(false);
    expect(await visible()).toEqual(["Quick"]);
  }, 30_000);

  test("ends at the limit even where the connector does not listen, and is tried again", async ({
    fixture,
    other,
    slowly,
    startWorker,
    viewOf,
    rowOf,
    visible,
  }) => {
    const slow = slowly(never);
    const { postId, deliveryId } = await orderPost(fixture, other, textVariant("Slow video"));
    startWorker(slow.connector, { prepareMs: 2 * leaseMs });
    await until(async () => (await viewOf(postId)).error?.code === "delivery.prepare_too_slow");
    expect((await viewOf(postId)).state).toBe("scheduled");
    expect((await rowOf(deliveryId)).tries).toBe(1);
    expect(slow.signals[0]?.aborted).toBe(true);
    expect(await visible()).toEqual([]);
  }, 30_000);

  test("asks a person once the post is later than its workspace allows", async ({
    fixture,
    other,
    slowly,
    startWorker,
    viewOf,
    visible,
  }) => {
    const slow = slowly(never);
    const { postId } = await orderPost(fixture, other, textVariant("Slow video"), {
      dueAt: new Date(),
      graceSeconds: 1,
    });
    startWorker(slow.connector);
    await until(async () => (await viewOf(postId)).state === "missed");
    expect((await viewOf(postId)).error?.code).toBe("delivery.prepare_late");
    expect(await visible()).toEqual([]);
  }, 30_000);
});

describe("a preparation that lost its delivery", () => {
  test("by a cancellation: it ends and nothing is sent", async ({
    server,
    fixture,
    other,
    running,
    slowly,
    startWorker,
    viewOf,
    rowOf,
    visible,
  }) => {
    const slow = slowly(({ signal }) => pause(60_000, undefined, { signal }));
    const { postId, deliveryId } = await orderPost(fixture, other, textVariant("Slow video"));
    startWorker(slow.connector);
    await until(() => slow.signals.length === 1);
    const change = await server.database.inWorkspace(fixture.workspaceId, (transaction) =>
      other.cancel(transaction, fixture.workspaceId, postId),
    );
    expect(change).toEqual({ cancelled: [deliveryId], tooLate: [] });
    await until(() => slow.signals[0]?.aborted === true);
    await Promise.all(running.map(({ run }) => run));
    expect((await viewOf(postId)).state).toBe("cancelled");
    expect((await rowOf(deliveryId)).lease_until).toBeNull();
    expect(await visible()).toEqual([]);
  }, 30_000);

  test("by a fence that moved: a plan that comes all the same is not sent", async ({
    server,
    fixture,
    other,
    slowly,
    startWorker,
    viewOf,
    visible,
  }) => {
    const moved = Promise.withResolvers<void>();
    const slow = slowly(() => moved.promise);
    const { postId, deliveryId } = await orderPost(fixture, other, textVariant("Slow video"));
    startWorker(slow.connector);
    await until(() => slow.signals.length === 1);
    await sql`update deliveries set state = 'scheduled', fence = fence + 1, lease_until = null,
      wake_at = now() + interval '1 hour' where id = ${deliveryId}`.execute(server.database.system);
    // Before the next renewal could notice it.
    moved.resolve();
    await pause(leaseMs);
    expect((await viewOf(postId)).state).toBe("scheduled");
    expect((await viewOf(postId)).attempts).toEqual([]);
    expect(await visible()).toEqual([]);
  }, 30_000);

  test("by the death of its worker: another takes over when the renewed lease ends, and not before", async ({
    server,
    fixture,
    other,
    viewOf,
    rowOf,
    visible,
  }) => {
    const { postId, deliveryId } = await orderPost(fixture, other, textVariant("Slow video"));
    const claims = { limit: 1, leaseMs, busyChannels: [] };
    const [claimed] = await claimDue(server.database.system, claims);
    expect(claimed?.id).toBe(deliveryId);
    if (!claimed) return;
    await pause(leaseMs / 2);
    expect(await renewLease(server.database.system, claimed, leaseMs)).toBe(true);
    const { lease_until: leaseUntil } = await rowOf(deliveryId);
    // The worker that claimed it renews no more.
    await sweepUntil(other, async () => (await viewOf(postId)).state === "confirmed");
    const [attempt] = (await viewOf(postId)).attempts;
    expect(Date.parse(String(attempt?.intentAt))).toBeGreaterThanOrEqual(Number(leaseUntil?.getTime()));
    expect(await visible()).toEqual(["Slow video"]);
    // And should it wake up, it gets nothing back.
    expect(await renewLease(server.database.system, claimed, leaseMs)).toBe(false);
  }, 30_000);
});

test("the lease of an intent is not touched, and one that has ended is not revived", async ({
  server,
  fixture,
  other,
}) => {
  const { deliveryId } = await orderPost(fixture, other, textVariant("Ended"));
  const [claimed] = await claimDue(server.database.system, { limit: 1, leaseMs, busyChannels: [] });
  if (!claimed) throw new Error("nothing was claimed");
  await sql`update deliveries set state = 'in_flight' where id = ${deliveryId}`.execute(
    server.database.system,
  );
  expect(await renewLease(server.database.system, claimed, leaseMs)).toBe(false);
  await sql`update deliveries set state = 'scheduled', fence = fence + 1, wake_at = now() where id = ${deliveryId}`.execute(
    server.database.system,
  );
  const [again] = await claimDue(server.database.system, { limit: 1, leaseMs: 50, busyChannels: [] });
  if (!again) throw new Error("nothing was claimed");
  await pause(100);
  expect(await renewLease(server.database.system, again, leaseMs)).toBe(false);
});

test("a process that stops breaks a preparation off, and another sends the post at once", async ({
  fixture,
  other,
  running,
  slowly,
  startWorker,
  viewOf,
  visible,
}) => {
  const slow = slowly(never);
  const { postId } = await orderPost(fixture, other, textVariant("Slow video"));
  const stopping = startWorker(slow.connector);
  await until(() => slow.signals.length === 1);
  stopping.abort();
  await Promise.all(running.map(({ run }) => run));
  expect(slow.signals[0]?.aborted).toBe(true);
  expect((await viewOf(postId)).state).toBe("scheduled");
  await sweepUntil(other, async () => (await viewOf(postId)).state === "confirmed");
  expect(await visible()).toEqual(["Slow video"]);
}, 30_000);

const patient = () => pause(2 * leaseMs, "plan");

describe("what a lease costs", () => {
  test("nothing where the preparation is quick", async ({ hold }) => {
    let renewals = 0;
    const held = await hold(
      async () => "plan",
      async () => (renewals += 1) > 0,
    );
    await pause(leaseMs);
    expect(held).toEqual({ value: "plan" });
    expect(renewals).toBe(0);
  });

  test("a database that is away for a moment costs no lease; one that stays away does", async ({ hold }) => {
    let asked = 0;
    async function backSoon(): Promise<boolean> {
      asked += 1;
      if (asked % 2 === 1) throw new Error("the database is away");
      return true;
    }
    expect(await hold(patient, backSoon)).toEqual({ value: "plan" });
    expect(asked).toBeGreaterThan(3);
    expect(await hold(patient, failing)).toEqual({ interruption: "unrenewed" });
    // An answer that does not come is no renewal either.
    expect(await hold(patient, never)).toEqual({ interruption: "unrenewed" });
  }, 30_000);

  test("a refusal of the platform is told as it is", async ({ hold }) => {
    await expect(hold(failing, async () => true)).rejects.toThrow("it failed");
  });
});
