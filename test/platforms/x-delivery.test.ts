import { setTimeout as pause } from "node:timers/promises";
import { describe, expect } from "vitest";
import type { ConnectorContext } from "#connectors";
import { startXHarness } from "../contract/x-harness.ts";
import { xSpecValidator } from "../contract/x-spec.ts";
import {
  buildDeliveryFixture,
  orderPost,
  sweepUntil,
  testDeliveries,
  textVariant,
} from "../support/features/delivery.ts";
import { test as base } from "../support/fixtures/database.ts";

/**
 * Approved posts on their way to X through delivery, on a real database: whatever becomes of an answer,
 * the emulator's journal shows each post once.
 */
const test = base
  .extend("harness", { scope: "file" }, async ({}, { onCleanup }) => {
    const harness = await startXHarness(xSpecValidator());
    onCleanup(() => harness.close());
    return harness;
  })
  .extend("fixture", { scope: "file" }, ({ server, harness }) =>
    buildDeliveryFixture(server.database, harness.connector),
  )
  .extend("reconnects", { scope: "file" }, (): string[] => [])
  .extend("deliveries", { scope: "file" }, ({ server, harness, reconnects }) =>
    testDeliveries({
      database: server.database,
      connectors: [harness.connector],
      open: async (signal, refresh) => {
        if (refresh) await harness.refresh();
        return { connector: harness.connector, context: impatient({ ...harness.context(), signal }) };
      },
      reconnects,
    }),
  )
  .extend("deliver", ({ fixture, deliveries }) => async (...parts: string[]) => {
    const { postId } = await orderPost(fixture, deliveries, textVariant(...parts));
    async function view() {
      const [found] = await deliveries.forPost(fixture.workspaceId, postId);
      if (!found) throw new Error("there is no delivery");
      return found;
    }
    const ends = new Set<string>(["confirmed", "rejected", "needs_reconnect", "needs_human", "missed"]);
    await sweepUntil(deliveries, async () => ends.has((await view()).state));
    return view();
  })
  /** How late posts of the channel were seen to appear. */
  .extend("learnedMs", ({ server, fixture }) => async (): Promise<number> => {
    const rows = await server.database.system
      .selectFrom("delivery_windows")
      .select("visible_after_ms")
      .where("channel_id", "=", fixture.channelId)
      .execute();
    return rows[0]?.visible_after_ms ?? 0;
  })
  .extend(
    "channelIs",
    ({ server, fixture }) =>
      async (status: "connected" | "disconnected"): Promise<void> => {
        await server.database.system
          .updateTable("channels")
          .set({ status, updated_at: new Date() })
          .where("workspace_id", "=", fixture.workspaceId)
          .where("id", "=", fixture.channelId)
          .execute();
      },
  )
  /** What the channels' own code writes when a person has connected again. */
  .extend("connectedAgain", ({ channelIs }) => async (): Promise<void> => {
    await channelIs("connected");
  })
  .extend(
    "visible",
    ({ harness }) =>
      async (text: string): Promise<number> =>
        (await harness.journal()).filter((post) => post.text === text).length,
  );

test.afterAll(async ({ harness }) => {
  expect(await harness.violations()).toEqual([]);
});

/** Short windows, so that tests see the end of them. */
function impatient(context: ConnectorContext): ConnectorContext {
  return { ...context, settings: { ...context.settings, deadlineMs: 1_000, windowMs: 1_600 } };
}

describe("a post on its way to X", () => {
  test("goes out once, with its address", async ({ deliver, visible }) => {
    const view = await deliver("Quietly, and once");
    expect(view).toMatchObject({ state: "confirmed", attempts: [{ number: 1, settledBy: "answer" }] });
    expect(view.externalUrl).toContain("/i/status/");
    expect(await visible("Quietly, and once")).toBe(1);
  });

  test.for(["lost_answer", "cut_answer", "error_after_commit", "garbled"])(
    "%s: is found in the timeline and not sent again",
    async (kind, { harness, deliver, visible }) => {
      const text = `After ${kind} with https://example.com/${kind}?a=1&b=2 & <more>`;
      await harness.control("PUT", "faults", { faults: [{ kind, on: "create" }] });
      const view = await deliver(text);
      expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
      expect(await visible(text)).toBe(1);
    },
  );

  test.for(["error_before_commit", "reset_before_commit"])(
    "%s: its absence is proven, then it is sent again",
    async (kind, { harness, deliver, visible }) => {
      await harness.control("PUT", "faults", { faults: [{ kind, on: "create" }] });
      const view = await deliver(`After ${kind}`);
      expect(view.attempts).toMatchObject([
        { number: 1, state: "absent_proven" },
        { number: 2, state: "confirmed", settledBy: "answer" },
      ]);
      expect(await visible(`After ${kind}`)).toBe(1);
    },
  );

  test("that appears only after the window is protected by X's refusal of duplicates", async ({
    harness,
    deliver,
    visible,
  }) => {
    // Longer than the window: the timeline has proven an absence that was none.
    await harness.control("PUT", "faults", {
      faults: [{ kind: "late_commit", on: "create", delayMs: 4_000 }],
    });
    const view = await deliver("Late but once");
    expect(view.state).toBe("confirmed");
    expect(view.attempts[0]).toMatchObject({ number: 1, state: "absent_proven" });
    expect(view.attempts[1]).toMatchObject({ errorCode: "x.duplicate" });
    expect(view.attempts.at(-1)).toMatchObject({ state: "confirmed", settledBy: "located" });
    expect(await visible("Late but once")).toBe(1);
  });

  test("that X has taken before, from elsewhere, is refused in plain words", async ({ deliver, visible }) => {
    await deliver("Said before");
    const again = await deliver("Said before");
    expect(again).toMatchObject({ state: "rejected", error: { code: "x.duplicate" } });
    expect(again.error?.message).toContain("very same text");
    expect(await visible("Said before")).toBe(1);
  });

  test("waits for a new token where the old one has ended", async ({ harness, deliver, visible }) => {
    await harness.control("POST", "expire-tokens");
    const view = await deliver("With a fresh token");
    expect(view.state).toBe("confirmed");
    expect(await visible("With a fresh token")).toBe(1);
  });

  test("goes on with a thread where an answer was lost in its middle", async ({
    harness,
    deliver,
    learnedMs,
  }) => {
    const parts = ["Thread one", "Thread two", "Thread three"];
    const learned = await learnedMs();
    await harness.control("PUT", "faults", { faults: [{ kind: "lost_answer", on: "create", remaining: 2 }] });
    const view = await deliver(...parts);
    expect(view.state).toBe("confirmed");
    const seen = (await harness.journal()).filter((post) => post.text.startsWith("Thread"));
    expect(seen.map((post) => post.text)).toEqual(parts);
    expect(seen.map((post) => post.inReplyTo)).toEqual([null, seen[0]?.id, seen[1]?.id]);
    // They were there all the time that the next part waited.
    expect(await learnedMs()).toBe(learned);
  });

  test("stops where the access is revoked in the middle of a thread, and goes on from there once connected again", async ({
    harness,
    fixture,
    deliveries,
    reconnects,
    connectedAgain,
  }) => {
    const parts = ["Revoked one", "Revoked two", "Revoked three"];
    const { postId } = await orderPost(fixture, deliveries, textVariant(...parts));
    async function view() {
      const [found] = await deliveries.forPost(fixture.workspaceId, postId);
      if (!found) throw new Error("there is no delivery");
      return found;
    }
    async function seen() {
      return (await harness.journal()).filter((post) => post.text.startsWith("Revoked"));
    }
    // The first answer is held back until the access is gone: nothing else can slip between the parts.
    await harness.control("PUT", "faults", { faults: [{ kind: "slow_body", on: "create", delayMs: 600 }] });
    const stopped = sweepUntil(deliveries, async () => (await view()).state === "needs_reconnect");
    while ((await seen()).length === 0) await pause(10);
    await harness.control("POST", "revoke-tokens");
    await stopped;

    expect(reconnects).not.toEqual([]);
    expect((await seen()).map((post) => post.text)).toEqual(["Revoked one"]);
    expect((await view()).error?.message).toMatch(/connect/iu);

    await harness.connect();
    await connectedAgain();
    await sweepUntil(deliveries, async () => (await view()).state === "confirmed");
    const whole = await seen();
    expect(whole.map((post) => post.text)).toEqual(parts);
    expect(whole.map((post) => post.inReplyTo)).toEqual([null, whole[0]?.id, whole[1]?.id]);
  });

  test("asks for a new connection where the account is locked", async ({ harness, reconnects, deliver }) => {
    await harness.control("PUT", "x", { trouble: "locked" });
    const view = await deliver("Locked out");
    expect(view).toMatchObject({ state: "needs_reconnect", error: { code: "x.account_locked" } });
    expect(reconnects.at(-1)).toContain("locked");
    await harness.control("PUT", "x", { trouble: null });
  });

  test("is held, and told, where its channel was disconnected, and goes out once it is back", async ({
    fixture,
    deliveries,
    deliver,
    channelIs,
    visible,
    connectedAgain,
  }) => {
    await channelIs("disconnected");
    const later = await orderPost(fixture, deliveries, textVariant("Not due yet"), {
      dueAt: new Date(Date.now() + 3_600_000),
    });
    const [told] = await deliveries.forPost(fixture.workspaceId, later.postId);
    expect(told).toMatchObject({ state: "scheduled", waiting: { code: "delivery.channel_away" } });
    const held = await deliver("On a channel that went away");
    expect(held).toMatchObject({
      state: "needs_reconnect",
      error: { code: "delivery.disconnected" },
      attempts: [],
    });
    expect(held.error?.message).toContain("Connect it again, or cancel the post.");
    expect(await visible("On a channel that went away")).toBe(0);

    await connectedAgain();
    await sweepUntil(deliveries, async () => (await visible("On a channel that went away")) === 1);
    const [found] = await deliveries.forPost(fixture.workspaceId, held.postId);
    expect(found?.state).toBe("confirmed");
    expect(await deliveries.forPost(fixture.workspaceId, later.postId)).toMatchObject([{ waiting: null }]);
  });
});
