import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Connector, Published } from "#connectors";
import { createPool } from "#platform/db";
import { buildMember } from "../../../test/support/builders.ts";
import { asOwner, testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import type { Deliveries } from "../deliveries.ts";
import type { DeliveryState } from "../model/state.ts";

let server: TestDatabase;
let platform: DeliverySandbox;
let fixture: DeliveryFixture;
let deliveries: Deliveries;

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.close());
beforeEach(async () => {
  platform = await startDeliverySandbox();
  fixture = await buildDeliveryFixture(server.database, platform.connector);
  deliveries = platform.deliveries(server.database);
});
afterEach(() => platform.close());

async function viewOf(postId: string) {
  const [view] = await deliveries.forPost(fixture.workspaceId, postId);
  if (!view) throw new Error("there is no delivery");
  return view;
}

async function untilState(postId: string, ...states: DeliveryState[]) {
  await sweepUntil(deliveries, async () => states.includes((await viewOf(postId)).state));
  return viewOf(postId);
}

async function learnedMs(): Promise<number[]> {
  const rows = await server.database.system
    .selectFrom("delivery_windows")
    .select("visible_after_ms")
    .where("channel_id", "=", fixture.channelId)
    .execute();
  return rows.map((row) => row.visible_after_ms);
}

async function looksAt(postId: string): Promise<number> {
  const { id } = await viewOf(postId);
  const attempts = server.database.system.selectFrom("delivery_attempts").select("looks");
  return (await attempts.where("delivery_id", "=", id).executeTakeFirst())?.looks ?? 0;
}

async function texts(): Promise<string[]> {
  return (await platform.journal()).map(({ text }) => text);
}

async function channelIs(status: "connected" | "needs_reconnect", at: Date): Promise<void> {
  const moment = { updated_at: at, credentials_at: at };
  await server.database.system
    .updateTable("channels")
    .set({ status, ...moment })
    .where("id", "=", fixture.channelId)
    .execute();
}

describe("each broken answer ends with exactly one visible post", () => {
  const afterCommit = ["lost_answer", "cut_answer", "error_after_commit", "garbled"];
  test.each(afterCommit)("%s: read back, not sent again", async (kind) => {
    await platform.setFaults([{ kind }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    const view = await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Only once"]);
    expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
    expect(view.externalUrl).toContain("/posts/");
  });

  const beforeCommit = ["error_before_commit", "reset_before_commit"];
  test.each(beforeCommit)("%s: absence is proven, then sent again", async (kind) => {
    await platform.setFaults([{ kind }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    const view = await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Only once"]);
    expect(view.attempts).toMatchObject([
      { number: 1, state: "absent_proven", settledBy: "located" },
      { number: 2, state: "confirmed", settledBy: "answer" },
    ]);
  });

  test("the id of another post: each keeps its own", async () => {
    const { connector } = platform;
    let first: Published | null = null;
    const mixedUp: Connector = {
      ...connector,
      commit: async (...asked) => {
        const published = await connector.commit(...asked);
        return (first ??= published);
      },
    };
    deliveries = platform.deliveries(server.database, { speaking: mixedUp });
    const one = await orderPost(fixture, deliveries, textVariant("One"));
    await untilState(one.postId, "confirmed");
    const other = await orderPost(fixture, deliveries, textVariant("Other"));
    const view = await untilState(other.postId, "confirmed");
    expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
    expect(view.externalUrl).not.toBe((await viewOf(one.postId)).externalUrl);
    expect(await texts()).toEqual(["One", "Other"]);
  });

  test("a commit that comes late, within the window", async () => {
    await platform.setFaults([{ kind: "late_commit", delayMs: 1_000 }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Only once"]);
  });

  test("a post that comes up late widens the window for next time", async () => {
    await platform.setFaults([{ kind: "late_commit", delayMs: 1_500 }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await untilState(postId, "confirmed");
    expect((await learnedMs())[0]).toBeGreaterThan(1_500);
    expect(await texts()).toEqual(["Only once"]);
  });

  test("a platform that could not be read says nothing about the window", async () => {
    await platform.setFaults([
      { kind: "error_after_commit" },
      { kind: "error_before_commit", on: "list", remaining: 1 },
    ]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await untilState(postId, "confirmed");
    expect(await learnedMs()).toEqual([]);
  });

  test("the time that Galley itself was away says nothing about the window", async () => {
    await platform.setFaults([{ kind: "late_commit", delayMs: 1_200 }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await sweepUntil(deliveries, async () => (await looksAt(postId)) === 1);
    await pause(8_000);
    await untilState(postId, "confirmed");
    // Nothing at all is learned where the first look came so late that it saw the post.
    const [learned = 0] = await learnedMs();
    expect(learned).toBeLessThan(6_000);
  });

  test("an answer that is slower than the deadline", async () => {
    await platform.setFaults([{ kind: "slow", delayMs: 2_500 }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    const view = await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Only once"]);
    expect(view.attempts).toMatchObject([{ settledBy: "located" }]);
  });

  test("two posts that are equal and both wanted, with both answers lost", async () => {
    await platform.setFaults([{ kind: "lost_answer", remaining: 2 }]);
    const first = await orderPost(fixture, deliveries, textVariant("Twins"));
    const second = await orderPost(fixture, deliveries, textVariant("Twins"));
    const views = [await untilState(first.postId, "confirmed"), await untilState(second.postId, "confirmed")];
    expect(await texts()).toEqual(["Twins", "Twins"]);
    expect(new Set(views.map(({ externalUrl }) => externalUrl)).size).toBe(2);
  });
});

describe("a clear refusal", () => {
  test("to go slower is obeyed", async () => {
    await platform.setFaults([{ kind: "throttle", delayMs: 1_000 }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Later"));
    const started = performance.now();
    const view = await untilState(postId, "confirmed");
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(view.attempts.map(({ state }) => state)).toEqual(["not_sent", "confirmed"]);
  });

  test("of an expired token is answered with a refresh, once", async () => {
    await platform.control("expire-tokens");
    const { postId } = await orderPost(fixture, deliveries, textVariant("Fresh"));
    const view = await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Fresh"]);
    expect(view.attempts.map(({ state }) => state)).not.toContain("ambiguous");
  });

  test("of an expired token while reading back is answered with a refresh too", async () => {
    await platform.setFaults([{ kind: "lost_answer" }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await untilState(postId, "ambiguous");
    await platform.control("expire-tokens");
    const view = await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Only once"]);
    expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
  });

  test("of a revoked token while reading back asks to connect the channel again", async () => {
    await platform.setFaults([{ kind: "lost_answer" }]);
    const { postId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await untilState(postId, "ambiguous");
    await platform.control("revoke-tokens");
    await sweepUntil(deliveries, () => Promise.resolve(platform.reconnects.length > 0));
    expect((await viewOf(postId)).state).toBe("ambiguous");
    expect(await texts()).toEqual(["Only once"]);
  });

  test("of a revoked token waits for the person and goes on by itself afterwards", async () => {
    await platform.control("revoke-tokens");
    const { postId } = await orderPost(fixture, deliveries, textVariant("Revoked"));
    const view = await untilState(postId, "needs_reconnect");
    expect(view.error?.message).toBeTruthy();
    expect(platform.reconnects.length).toBeGreaterThan(0);
    expect(await texts()).toEqual([]);
  });

  test("that only the channel's state told of ends with that state, whatever the clocks of the two say", async () => {
    await channelIs("needs_reconnect", new Date());
    const { postId } = await orderPost(fixture, deliveries, textVariant("Held"));
    await untilState(postId, "needs_reconnect");
    // Connected again while it was being held: the moment of that was taken before the hold was written.
    await channelIs("connected", new Date(Date.now() - 60_000));
    await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Held"]);
  });

  test("of the content is final, until a person asks for another try", async () => {
    const actor = await buildMember(server.database, fixture.workspaceId);
    const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("x".repeat(500)));
    const view = await untilState(postId, "rejected");
    expect(view.error?.message).toBeTruthy();
    expect((await deliveries.retry(actor, deliveryId)).state).toBe("scheduled");
    await untilState(postId, "rejected");
    expect((await viewOf(postId)).attempts.map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe("a thread", () => {
  test("goes out in order, each part an attempt of its own", async () => {
    const { postId } = await orderPost(fixture, deliveries, textVariant("One", "Two", "Three"));
    const view = await untilState(postId, "confirmed");
    expect(view.items.map(({ state }) => state)).toEqual(["confirmed", "confirmed", "confirmed"]);
    const posts = await platform.journal();
    expect(posts.map(({ text, inReplyTo }) => [text, inReplyTo])).toEqual([
      ["One", null],
      ["Two", posts[0]?.id],
      ["Three", posts[1]?.id],
    ]);
  });

  test("goes on from the part that failed", async () => {
    const { postId } = await orderPost(fixture, deliveries, textVariant("One", "Two", "Three"));
    await platform.setFaults([{ kind: "error_after_commit" }]);
    const view = await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["One", "Two", "Three"]);
    expect(view.attempts).toHaveLength(3);
  });
});

test("a database that had no room for a moment is no failure of the post", async () => {
  const full = createPool({ url: "postgres://127.0.0.1:9/full", role: null, size: 1 });
  let calls = 0;
  const connector: Connector = {
    ...platform.connector,
    prepare: async (context, delivery) => {
      if (++calls === 1) await full.query("select");
      return platform.connector.prepare(context, delivery);
    },
  };
  deliveries = platform.deliveries(server.database, { speaking: connector });
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("There was room"));
  await sweepUntil(deliveries, async () => calls === 1);
  const rows = server.database.system.selectFrom("deliveries").select(["state", "tries", "error_code"]);
  const row = await rows.where("id", "=", deliveryId).executeTakeFirstOrThrow();
  expect(row).toEqual({ state: "scheduled", tries: 0, error_code: null });
  expect((await untilState(postId, "confirmed")).attempts).toHaveLength(1);
  await full.end();
});

describe("lateness and changes of mind", () => {
  test("what is overdue beyond the grace is missed and asks, and goes out when the person says so", async () => {
    const actor = await buildMember(server.database, fixture.workspaceId);
    const dueAt = new Date(Date.now() - 3_600_000);
    const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("Old"), {
      dueAt,
      graceSeconds: 60,
    });
    expect((await untilState(postId, "missed")).error?.code).toBe("delivery.late");
    expect(await texts()).toEqual([]);
    await deliveries.retry(actor, deliveryId);
    await untilState(postId, "confirmed");
    expect(await texts()).toEqual(["Old"]);
  });

  test("a cancelled delivery is never sent; one that is out is too late to cancel", async () => {
    const early = await orderPost(fixture, deliveries, textVariant("Never"), {
      dueAt: new Date(Date.now() + 500),
    });
    const done = await orderPost(fixture, deliveries, textVariant("Done"));
    await untilState(done.postId, "confirmed");
    const change = await server.database.inWorkspace(fixture.workspaceId, async (transaction) => [
      await deliveries.cancel(transaction, fixture.workspaceId, early.postId),
      await deliveries.cancel(transaction, fixture.workspaceId, done.postId),
    ]);
    expect(change).toEqual([
      { cancelled: [early.deliveryId], tooLate: [] },
      { cancelled: [], tooLate: [done.deliveryId] },
    ]);
    await new Promise((resolve) => {
      setTimeout(resolve, 700);
    });
    for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    expect(await texts()).toEqual(["Done"]);
  });

  test("a paused channel sends nothing until it is resumed", async () => {
    const pausing = server.database.system.updateTable("channels").where("id", "=", fixture.channelId);
    await pausing.set({ paused_at: new Date() }).execute();
    const { postId } = await orderPost(fixture, deliveries, textVariant("Held"));
    for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    expect((await viewOf(postId)).state).toBe("scheduled");
    await pausing.set({ paused_at: null }).execute();
    await untilState(postId, "confirmed");
  });

  test("an approval that no longer stands stops the post at the last gate", async () => {
    const { postId, approvalId } = await orderPost(fixture, deliveries, textVariant("Unapproved"));
    await server.database.system
      .updateTable("approvals")
      .set({ voided_at: new Date() })
      .where("id", "=", approvalId)
      .execute();
    expect((await untilState(postId, "rejected")).error?.code).toBe("delivery.approval_void");
    expect(await texts()).toEqual([]);
  });
});

describe("several workers", () => {
  test("send each of a hundred posts once", async () => {
    const others = [platform.deliveries(server.database), platform.deliveries(server.database)];
    const orders: { postId: string }[] = [];
    for (let number = 0; number < 100; number += 1) {
      orders.push(await orderPost(fixture, deliveries, textVariant(`Post ${number}`)));
    }
    const stopping = new AbortController();
    const sweepsOf = (one: Deliveries) => one.sweeps.map((sweep) => sweep.run(stopping.signal));
    await Promise.all([deliveries, ...others].flatMap(sweepsOf));
    await sweepUntil(deliveries, async () => {
      const states = await Promise.all(orders.map(({ postId }) => viewOf(postId)));
      return states.every(({ state }) => state === "confirmed");
    });
    const sent = await texts();
    expect(new Set(sent).size).toBe(100);
    expect(sent).toHaveLength(100);
  }, 60_000);

  test("tells of each outcome by an event, and wakes who hands it out", async () => {
    const { postId } = await orderPost(fixture, deliveries, textVariant("Told"));
    await untilState(postId, "confirmed");
    const queue = createPool({ url: server.url, role: null, size: 1 });
    const told = await asOwner(
      server.url,
      "select from events where kind = 'delivery.settled' and workspace_id = $2 and data -> 'postIds' ? $1",
      [postId, fixture.workspaceId],
    );
    const woken = await queue.query(
      `select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'events.dispatch' and j.payload ->> 'workspaceId' = $1`,
      [fixture.workspaceId],
    );
    await queue.end();
    expect([told.length, woken.rowCount]).toEqual([1, 1]);
  });
});
