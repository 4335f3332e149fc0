import { sql } from "kysely";
import { describe, expect } from "vitest";
import { buildMember } from "../../../test/support/builders.ts";
import { handleEvents } from "../../../test/support/events.ts";
import {
  buildDeliveryFixture,
  orderPost,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";

// A platform that shows a post only after the window: its absence was believed, and it went out again. Later looks come
// 4 W and a day after that; here the database says that they are due, since no test may wait a day.

const test = base
  /** Published, its answer lost, proven absent and sent again; the first comes up `delayMs` after it was sent. */
  .extend(
    "sentTwice",
    ({ platform, fixture, deliveries, viewOf }) =>
      async (text: string, delayMs = 3_200): Promise<{ postId: string; deliveryId: string }> => {
        await platform.setFaults([{ kind: "late_commit", delayMs }]);
        const order = await orderPost(fixture, deliveries, textVariant(text));
        await sweepUntil(deliveries, async () => (await viewOf(order.postId)).state === "confirmed");
        const { attempts } = await viewOf(order.postId);
        expect(attempts[0]).toMatchObject({ state: "absent_proven", settledBy: "located" });
        expect(attempts.at(-1)).toMatchObject({ state: "confirmed", settledBy: "answer" });
        return order;
      },
  )
  /** What the platform's list shows by now; its journal holds what is still to come up, too. */
  .extend("copiesOf", ({ platform }) => async (text: string): Promise<string[]> => {
    const posts = await platform.journal();
    return posts.filter((post) => post.text === text && post.listedAt <= Date.now()).map(({ id }) => id);
  })
  .extend("comesUp", ({ copiesOf }) => async (text: string, count = 2): Promise<void> => {
    await expect.poll(async () => (await copiesOf(text)).length, { timeout: 20_000 }).toBe(count);
  })
  .extend("looks", ({ server }) => async (deliveryId: string): Promise<Row[]> => {
    const { rows } = await sql<Row>`
    select l.turn, l.outcome, l.tries, extract(epoch from l.due_at - a.intent_at)::float8 * 1000 as "inMs"
    from delivery_later_looks l
    join delivery_attempts a on a.delivery_id = l.delivery_id and a.item = l.item and a.number = l.number + 1
    where l.delivery_id = ${deliveryId} order by l.turn`.execute(server.database.system);
    return rows;
  })
  /** As if the time of these looks had come. */
  .extend("makeDue", ({ server }) => async (deliveryId: string, turn: number): Promise<void> => {
    await sql`update delivery_later_looks set due_at = clock_timestamp()
    where delivery_id = ${deliveryId} and turn = ${turn}`.execute(server.database.system);
  })
  /** Makes a look until this comes of it; null: until it was made and put off. */
  .extend(
    "lookNow",
    ({ deliveries, looks, makeDue }) =>
      async (deliveryId: string, turn: number, outcome: string | null): Promise<void> => {
        const before = (await looks(deliveryId))[turn - 1]?.tries ?? 0;
        await sweepUntil(deliveries, async () => {
          const look = (await looks(deliveryId))[turn - 1];
          if (look !== undefined && look.tries > before && look.outcome === outcome) return true;
          // A busy machine may be too slow for one.
          if (look?.outcome === null) await makeDue(deliveryId, turn);
          return false;
        });
      },
  )
  .extend("learnedMs", ({ server, fixture }) => async (): Promise<number> => {
    const { rows } = await sql<{ ms: number }>`select visible_after_ms as ms from delivery_windows
    where channel_id = ${fixture.channelId}`.execute(server.database.system);
    return rows[0]?.ms ?? 0;
  })
  .extend("events", ({ server }) => async (deliveryId: string): Promise<string[]> => {
    await handleEvents(server.database);
    const { rows } = await sql<{ action: string }>`select action from audit_events
    where target_id = ${deliveryId} order by id`.execute(server.database.system);
    return rows.map(({ action }) => action);
  });

type Row = { turn: number; outcome: string | null; tries: number; inMs: number };

describe("what was taken for absent and sent again", () => {
  test("is looked for twice more, and a second copy is told with both addresses", async ({
    viewOf,
    sentTwice,
    copiesOf,
    comesUp,
    looks,
    lookNow,
    learnedMs,
    events,
  }) => {
    const { postId, deliveryId } = await sentTwice("Comes up late");
    const planned = await looks(deliveryId);
    expect(planned).toMatchObject([
      { turn: 1, outcome: null },
      { turn: 2, outcome: null },
    ]);
    // W of the sandbox is 1.6 seconds here.
    expect(planned[0]?.inMs).toBeGreaterThanOrEqual(6_300);
    expect(planned[0]?.inMs).toBeLessThan(7_000);
    expect(planned[1]?.inMs).toBeGreaterThan(86_399_000);
    await comesUp("Comes up late");
    expect((await viewOf(postId)).secondCopies).toEqual([]);
    await lookNow(deliveryId, 1, "found");
    const view = await viewOf(postId);
    expect(view.state).toBe("confirmed");
    const [copy] = view.secondCopies;
    expect(copy).toMatchObject({ item: 0, ownUrl: view.externalUrl, acknowledgedAt: null });
    const ids = await copiesOf("Comes up late");
    expect(ids.some((id) => copy?.url?.endsWith(id))).toBe(true);
    expect(copy?.url).not.toBe(view.externalUrl);
    expect(await learnedMs()).toBeGreaterThan(3_200);
    expect(await learnedMs()).toBeLessThan(10_000);
    expect(await events(deliveryId)).toContain("delivery.second_copy_found");
    // The same copy is no news a day later.
    await lookNow(deliveryId, 2, "none");
    expect((await viewOf(postId)).secondCopies).toHaveLength(1);
  });

  test("and comes up after the first look is found a day later", async ({
    viewOf,
    sentTwice,
    comesUp,
    lookNow,
  }) => {
    const { postId, deliveryId } = await sentTwice("Later still", 15_000);
    await lookNow(deliveryId, 1, "none");
    expect((await viewOf(postId)).secondCopies).toEqual([]);
    await comesUp("Later still");
    await lookNow(deliveryId, 2, "found");
    expect((await viewOf(postId)).secondCopies).toHaveLength(1);
  });

  test("and never comes up is no news", async ({
    platform,
    deliveries,
    viewOf,
    lookNow,
    learnedMs,
    order,
  }) => {
    await platform.setFaults([{ kind: "reset_before_commit" }]);
    const { postId, deliveryId } = await order("Was not sent");
    await sweepUntil(deliveries, async () => (await viewOf(postId)).state === "confirmed");
    await lookNow(deliveryId, 1, "none");
    await lookNow(deliveryId, 2, "none");
    expect((await viewOf(postId)).secondCopies).toEqual([]);
    expect(await learnedMs()).toBe(0);
  });
});

test("what was published at once, or found by reading back, is not looked for again", async ({
  platform,
  deliveries,
  viewOf,
  looks,
  order,
}) => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await order("Found at once");
  await sweepUntil(deliveries, async () => (await viewOf(postId)).state === "confirmed");
  expect(await looks(deliveryId)).toEqual([]);
});

describe("a later look", () => {
  test("that finds what waits to be sent again lets it be found, not sent", async ({
    server,
    platform,
    fixture,
    deliveries,
    viewOf,
    copiesOf,
    comesUp,
    lookNow,
  }) => {
    await platform.setFaults([
      { kind: "late_commit", delayMs: 4_000 },
      { kind: "throttle", delayMs: 600_000 },
    ]);
    const { postId, deliveryId } = await orderPost(
      fixture,
      deliveries,
      textVariant("Waits to be sent again"),
    );
    await sweepUntil(deliveries, async () => (await viewOf(postId)).attempts.length === 2);
    await expect.poll(async () => (await viewOf(postId)).state).toBe("scheduled");
    await comesUp("Waits to be sent again", 1);
    await lookNow(deliveryId, 1, "found");
    expect((await viewOf(postId)).secondCopies).toEqual([]);
    await sql`delete from delivery_holds`.execute(server.database.system);
    await sweepUntil(deliveries, async () => (await viewOf(postId)).state === "confirmed");
    expect(await copiesOf("Waits to be sent again")).toHaveLength(1);
  });

  test("leaves alone what may be what another lost answer was about", async ({
    server,
    platform,
    fixture,
    deliveries,
    actor,
    viewOf,
    sentTwice,
    comesUp,
    lookNow,
  }) => {
    const first = await sentTwice("Equal posts", 4_500);
    // Its answer is lost, and the equal post that comes up may be the one or the other.
    await platform.setFaults([{ kind: "lost_answer" }]);
    const blind = platform.deliveries(server.database, {
      speaking: { ...platform.connector, locate: "unsupported" },
    });
    const other = await orderPost(fixture, blind, textVariant("Equal posts"));
    await sweepUntil(blind, async () => (await viewOf(other.postId)).state === "needs_human");
    await comesUp("Equal posts", 3);
    await lookNow(first.deliveryId, 1, null);
    expect((await viewOf(first.postId)).secondCopies).toEqual([]);
    await deliveries.retry(actor, other.deliveryId);
    await sweepUntil(deliveries, async () => (await viewOf(other.postId)).state === "confirmed");
    await lookNow(first.deliveryId, 1, "found");
    const { secondCopies, externalUrl } = await viewOf(first.postId);
    expect(secondCopies).toHaveLength(1);
    const urls = [externalUrl, (await viewOf(other.postId)).externalUrl, secondCopies[0]?.url];
    expect(new Set(urls).size).toBe(3);
  });

  test("that fails is made again, and nothing else waits for it", async ({
    platform,
    viewOf,
    sentTwice,
    comesUp,
    lookNow,
  }) => {
    const { postId, deliveryId } = await sentTwice("Unreadable for a while");
    await comesUp("Unreadable for a while");
    await platform.setFaults([{ kind: "error_before_commit", on: "list", remaining: null }]);
    await lookNow(deliveryId, 1, null);
    expect(await viewOf(postId)).toMatchObject({ state: "confirmed", secondCopies: [] });
    await platform.setFaults([]);
    await lookNow(deliveryId, 1, "found");
    expect((await viewOf(postId)).secondCopies).toHaveLength(1);
  });

  test("that always fails is given up in the end", async ({ server, platform, sentTwice, lookNow }) => {
    const { deliveryId } = await sentTwice("Unreadable for ever");
    await platform.setFaults([{ kind: "error_before_commit", on: "list", remaining: null }]);
    await sql`update delivery_later_looks set tries = 11 where delivery_id = ${deliveryId}`.execute(
      server.database.system,
    );
    await lookNow(deliveryId, 1, "given_up");
  });

  test("is not made while the installation is in quarantine", async ({
    deliveries,
    actor,
    sentTwice,
    comesUp,
    looks,
    makeDue,
    lookNow,
  }) => {
    const { deliveryId } = await sentTwice("Nothing is known");
    await comesUp("Nothing is known");
    await deliveries.quarantine.enter(actor, new Date(Date.now() - 1_000));
    await makeDue(deliveryId, 1);
    for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    expect(await looks(deliveryId)).toMatchObject([{ tries: 0 }, { tries: 0 }]);
    await deliveries.quarantine.release(actor);
    await lookNow(deliveryId, 1, "found");
  });
});

describe("a second copy", () => {
  test("is acknowledged once, by a person of the workspace", async ({
    server,
    platform,
    fixture,
    deliveries,
    actor,
    viewOf,
    sentTwice,
    comesUp,
    lookNow,
    events,
  }) => {
    const { postId, deliveryId } = await sentTwice("Acknowledged");
    await comesUp("Acknowledged");
    await lookNow(deliveryId, 1, "found");
    const { secondCopies } = await viewOf(postId);
    const id = secondCopies[0]?.id ?? "";
    const states = "second_copy" as const;
    const open = () => deliveries.inStates(fixture.workspaceId, { states, limit: 10, before: null });
    expect(await open()).toMatchObject([{ id: deliveryId }]);
    const elsewhere = await buildDeliveryFixture(server.database, platform.connector);
    const stranger = await buildMember(server.database, elsewhere.workspaceId);
    await expect(deliveries.acknowledgeCopy(stranger, id)).rejects.toMatchObject({
      code: "delivery.not_found",
    });
    const first = await deliveries.acknowledgeCopy(actor, id);
    expect(first.secondCopies[0]?.acknowledgedAt).not.toBeNull();
    expect(await deliveries.acknowledgeCopy(actor, id)).toEqual(first);
    expect(await open()).toEqual([]);
    const told = (await events(deliveryId)).filter((action) => action.endsWith("acknowledged"));
    expect(told).toHaveLength(1);
  });

  test("is no other post's, however equal", async ({
    platform,
    deliveries,
    viewOf,
    sentTwice,
    copiesOf,
    comesUp,
    lookNow,
    order,
  }) => {
    const { deliveryId } = await sentTwice("Nobody else's");
    await comesUp("Nobody else's");
    await lookNow(deliveryId, 1, "found");
    // Sent within the time by which clocks may differ, so that the copy would be young enough.
    await platform.setFaults([{ kind: "reset_before_commit" }]);
    const other = await order("Nobody else's");
    await sweepUntil(deliveries, async () => (await viewOf(other.postId)).state === "confirmed");
    const { attempts } = await viewOf(other.postId);
    expect(attempts[0]).toMatchObject({ state: "absent_proven" });
    expect(attempts.at(-1)).toMatchObject({ state: "confirmed", settledBy: "answer" });
    expect(await copiesOf("Nobody else's")).toHaveLength(3);
  });
});
