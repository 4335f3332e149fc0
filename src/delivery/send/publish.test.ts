import { setTimeout as pause } from "node:timers/promises";
import { describe, expect } from "vitest";
import type { Connector, Published } from "#connectors";
import { createPool } from "#platform/db";
import { buildMember } from "../../../test/support/builders.ts";
import { following, orderPost, sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";

const test = base
  .extend("learnedMs", ({ server, fixture }) => async (): Promise<number[]> => {
    const rows = await server.database.system
      .selectFrom("delivery_windows")
      .select("visible_after_ms")
      .where("channel_id", "=", fixture.channelId)
      .execute();
    return rows.map((row) => row.visible_after_ms);
  })
  .extend("looksAt", ({ server, viewOf }) => async (postId: string): Promise<number> => {
    const { id } = await viewOf(postId);
    const attempts = server.database.system.selectFrom("delivery_attempts").select("looks");
    return (await attempts.where("delivery_id", "=", id).executeTakeFirst())?.looks ?? 0;
  })
  .extend(
    "channelIs",
    ({ server, fixture }) =>
      async (status: "connected" | "needs_reconnect", at: Date): Promise<void> => {
        const moment = { updated_at: at, credentials_at: at };
        await server.database.system
          .updateTable("channels")
          .set({ status, ...moment })
          .where("id", "=", fixture.channelId)
          .execute();
      },
  );

describe("each broken answer ends with exactly one visible post", () => {
  const afterCommit = ["lost_answer", "cut_answer", "error_after_commit", "garbled"];
  test.for(afterCommit)(
    "%s: read back, not sent again",
    async (kind, { platform, order, untilState, visible }) => {
      await platform.setFaults([{ kind }]);
      const { postId } = await order("Only once");
      const view = await untilState(postId, "confirmed");
      expect(await visible()).toEqual(["Only once"]);
      expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
      expect(view.externalUrl).toContain("/posts/");
    },
  );

  const beforeCommit = ["error_before_commit", "reset_before_commit"];
  test.for(beforeCommit)(
    "%s: absence is proven, then sent again",
    async (kind, { platform, order, untilState, visible }) => {
      await platform.setFaults([{ kind }]);
      const { postId } = await order("Only once");
      const view = await untilState(postId, "confirmed");
      expect(await visible()).toEqual(["Only once"]);
      expect(view.attempts).toMatchObject([
        { number: 1, state: "absent_proven", settledBy: "located" },
        { number: 2, state: "confirmed", settledBy: "answer" },
      ]);
    },
  );

  test("the id of another post: each keeps its own", async ({
    server,
    platform,
    fixture,
    viewOf,
    visible,
  }) => {
    const { connector } = platform;
    let first: Published | null = null;
    const mixedUp: Connector = {
      ...connector,
      commit: async (...asked) => {
        const published = await connector.commit(...asked);
        return (first ??= published);
      },
    };
    const deliveries = platform.deliveries(server.database, { speaking: mixedUp });
    const { untilState } = following(fixture, deliveries);
    const one = await orderPost(fixture, deliveries, textVariant("One"));
    await untilState(one.postId, "confirmed");
    const other = await orderPost(fixture, deliveries, textVariant("Other"));
    const view = await untilState(other.postId, "confirmed");
    expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
    expect(view.externalUrl).not.toBe((await viewOf(one.postId)).externalUrl);
    expect(await visible()).toEqual(["One", "Other"]);
  });

  test("a commit that comes late, within the window", async ({ platform, order, untilState, visible }) => {
    await platform.setFaults([{ kind: "late_commit", delayMs: 1_000 }]);
    const { postId } = await order("Only once");
    await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["Only once"]);
  });

  test("a post that comes up late widens the window for next time", async ({
    platform,
    order,
    untilState,
    learnedMs,
    visible,
  }) => {
    await platform.setFaults([{ kind: "late_commit", delayMs: 1_500 }]);
    const { postId } = await order("Only once");
    await untilState(postId, "confirmed");
    expect((await learnedMs())[0]).toBeGreaterThan(1_500);
    expect(await visible()).toEqual(["Only once"]);
  });

  test("a platform that could not be read says nothing about the window", async ({
    platform,
    order,
    untilState,
    learnedMs,
  }) => {
    await platform.setFaults([
      { kind: "error_after_commit" },
      { kind: "error_before_commit", on: "list", remaining: 1 },
    ]);
    const { postId } = await order("Only once");
    await untilState(postId, "confirmed");
    expect(await learnedMs()).toEqual([]);
  });

  test("the time that Galley itself was away says nothing about the window", async ({
    platform,
    deliveries,
    order,
    untilState,
    learnedMs,
    looksAt,
  }) => {
    await platform.setFaults([{ kind: "late_commit", delayMs: 1_200 }]);
    const { postId } = await order("Only once");
    await sweepUntil(deliveries, async () => (await looksAt(postId)) === 1);
    await pause(8_000);
    await untilState(postId, "confirmed");
    // Nothing at all is learned where the first look came so late that it saw the post.
    const [learned = 0] = await learnedMs();
    expect(learned).toBeLessThan(6_000);
  });

  test("an answer that is slower than the deadline", async ({ platform, order, untilState, visible }) => {
    await platform.setFaults([{ kind: "slow", delayMs: 2_500 }]);
    const { postId } = await order("Only once");
    const view = await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["Only once"]);
    expect(view.attempts).toMatchObject([{ settledBy: "located" }]);
  });

  test("two posts that are equal and both wanted, with both answers lost", async ({
    platform,
    order,
    untilState,
    visible,
  }) => {
    await platform.setFaults([{ kind: "lost_answer", remaining: 2 }]);
    const first = await order("Twins");
    const second = await order("Twins");
    const views = [await untilState(first.postId, "confirmed"), await untilState(second.postId, "confirmed")];
    expect(await visible()).toEqual(["Twins", "Twins"]);
    expect(new Set(views.map(({ externalUrl }) => externalUrl)).size).toBe(2);
  });
});

describe("a clear refusal", () => {
  test("to go slower is obeyed", async ({ platform, order, untilState }) => {
    await platform.setFaults([{ kind: "throttle", delayMs: 1_000 }]);
    const { postId } = await order("Later");
    const started = performance.now();
    const view = await untilState(postId, "confirmed");
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(view.attempts.map(({ state }) => state)).toEqual(["not_sent", "confirmed"]);
  });

  test("of an expired token is answered with a refresh, once", async ({
    platform,
    order,
    untilState,
    visible,
  }) => {
    await platform.control("expire-tokens");
    const { postId } = await order("Fresh");
    const view = await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["Fresh"]);
    expect(view.attempts.map(({ state }) => state)).not.toContain("ambiguous");
  });

  test("of an expired token while reading back is answered with a refresh too", async ({
    platform,
    order,
    untilState,
    visible,
  }) => {
    await platform.setFaults([{ kind: "lost_answer" }]);
    const { postId } = await order("Only once");
    await untilState(postId, "ambiguous");
    await platform.control("expire-tokens");
    const view = await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["Only once"]);
    expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
  });

  test("of a revoked token while reading back asks to connect the channel again", async ({
    platform,
    deliveries,
    viewOf,
    order,
    untilState,
    visible,
  }) => {
    await platform.setFaults([{ kind: "lost_answer" }]);
    const { postId } = await order("Only once");
    await untilState(postId, "ambiguous");
    await platform.control("revoke-tokens");
    await sweepUntil(deliveries, () => Promise.resolve(platform.reconnects.length > 0));
    expect((await viewOf(postId)).state).toBe("ambiguous");
    expect(await visible()).toEqual(["Only once"]);
  });

  test("of a revoked token waits for the person and goes on by itself afterwards", async ({
    platform,
    order,
    untilState,
    visible,
  }) => {
    await platform.control("revoke-tokens");
    const { postId } = await order("Revoked");
    const view = await untilState(postId, "needs_reconnect");
    expect(view.error?.message).toBeTruthy();
    expect(platform.reconnects.length).toBeGreaterThan(0);
    expect(await visible()).toEqual([]);
  });

  test("that only the channel's state told of ends with that state, whatever the clocks of the two say", async ({
    order,
    untilState,
    visible,
    channelIs,
  }) => {
    await channelIs("needs_reconnect", new Date());
    const { postId } = await order("Held");
    await untilState(postId, "needs_reconnect");
    // Connected again while it was being held: the moment of that was taken before the hold was written.
    await channelIs("connected", new Date(Date.now() - 60_000));
    await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["Held"]);
  });

  test("of the content is final, until a person asks for another try", async ({
    server,
    fixture,
    deliveries,
    viewOf,
    order,
    untilState,
  }) => {
    const actor = await buildMember(server.database, fixture.workspaceId);
    const { postId, deliveryId } = await order("x".repeat(500));
    const view = await untilState(postId, "rejected");
    expect(view.error?.message).toBeTruthy();
    expect((await deliveries.retry(actor, deliveryId)).state).toBe("scheduled");
    await untilState(postId, "rejected");
    expect((await viewOf(postId)).attempts.map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe("a thread", () => {
  test("goes out in order, each part an attempt of its own", async ({ platform, order, untilState }) => {
    const { postId } = await order(["One", "Two", "Three"]);
    const view = await untilState(postId, "confirmed");
    expect(view.items.map(({ state }) => state)).toEqual(["confirmed", "confirmed", "confirmed"]);
    const posts = await platform.journal();
    expect(posts.map(({ text, inReplyTo }) => [text, inReplyTo])).toEqual([
      ["One", null],
      ["Two", posts[0]?.id],
      ["Three", posts[1]?.id],
    ]);
  });

  test("goes on from the part that failed", async ({ platform, order, untilState, visible }) => {
    const { postId } = await order(["One", "Two", "Three"]);
    await platform.setFaults([{ kind: "error_after_commit" }]);
    const view = await untilState(postId, "confirmed");
    expect(await visible()).toEqual(["One", "Two", "Three"]);
    expect(view.attempts).toHaveLength(3);
  });
});

test("a database that had no room for a moment is no failure of the post", async ({
  server,
  platform,
  fixture,
}) => {
  const full = createPool({ url: "postgres://127.0.0.1:9/full", role: null, size: 1 });
  let calls = 0;
  const connector: Connector = {
    ...platform.connector,
    prepare: async (context, delivery) => {
      if (++calls === 1) await full.query("select");
      return platform.connector.prepare(context, delivery);
    },
  };
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const { untilState } = following(fixture, deliveries);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("There was room"));
  await sweepUntil(deliveries, async () => calls === 1);
  const rows = server.database.system.selectFrom("deliveries").select(["state", "tries", "error_code"]);
  const row = await rows.where("id", "=", deliveryId).executeTakeFirstOrThrow();
  expect(row).toEqual({ state: "scheduled", tries: 0, error_code: null });
  expect((await untilState(postId, "confirmed")).attempts).toHaveLength(1);
  await full.end();
});
