import { sql } from "kysely";
import { describe, expect } from "vitest";
import { type Connector, ConnectorFailure } from "#connectors";
import { asOwner } from "../../../test/support/database.ts";
import { handleEvents } from "../../../test/support/events.ts";
import {
  buildDeliveryFixture,
  following,
  orderPost,
  sweepUntil,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";
import { claimDue } from "../claim/claim.store.ts";
import { holdAccount, learnWindow } from "./holds.store.ts";

const test = base
  .extend("access", () => ({ isRevoked: false }))
  .extend(
    "channelIs",
    ({ server, fixture }) =>
      async (status: "connected" | "needs_reconnect" | "disconnected"): Promise<void> => {
        const channels = server.database.system.updateTable("channels");
        await channels.set({ status }).where("id", "=", fixture.channelId).execute();
      },
  )
  /** How often a text is out there; what an earlier test left may be, too. */
  .extend(
    "copiesOf",
    ({ platform }) =>
      async (text: string): Promise<number> =>
        (await platform.journal()).filter((post) => post.text === text).length,
  )
  .extend(
    "eventsOf",
    ({ server, fixture }) =>
      async (action: string): Promise<{ target_id: string | null }[]> => {
        await handleEvents(server.database);
        const events = server.database.system.selectFrom("audit_events").select("target_id");
        return events.where("action", "=", action).where("workspace_id", "=", fixture.workspaceId).execute();
      },
  )
  /** Whether the desk was told of a post after it had been told so often. */
  .extend("timesTold", ({ server }) => async (postId: string): Promise<number> => {
    const asked = "select from events where kind = 'delivery.settled' and data -> 'postIds' ? $1";
    return (await asOwner(server.url, asked, [postId])).length;
  })
  .extend("learn", ({ server, fixture }) => (ms: number): Promise<void> => {
    const { workspaceId, channelId } = fixture;
    return learnWindow(server.database.system, { workspaceId, channelId }, ms);
  })
  .extend(
    "windowOf",
    ({ fixture, deliveries }) =>
      async (): Promise<number | undefined> =>
        (await deliveries.holds.list(fixture.workspaceId))[0]?.window?.visibleAfterMs,
  )
  .extend("weeksPass", ({ server, fixture }) => async (weeks: number): Promise<void> => {
    await sql`update delivery_windows set seen_at = seen_at - ${weeks} * interval '7 days'
    where channel_id = ${fixture.channelId}`.execute(server.database.system);
  })
  .extend(
    "looksOf",
    ({ server }) =>
      (postId: string): Promise<{ looks: number; wake_at: Date }> =>
        server.database.system
          .selectFrom("delivery_attempts as a")
          .innerJoin("deliveries as d", "d.id", "a.delivery_id")
          .select(["a.looks", "d.wake_at"])
          .where("d.post_id", "=", postId)
          .executeTakeFirstOrThrow(),
  )
  .extend("readingRefused", ({ platform, access }) => (): Connector => {
    const { locate } = platform.connector;
    if (locate === "unsupported") throw new TypeError("the sandbox is read back");
    return {
      ...platform.connector,
      locate: (...asked) =>
        access.isRevoked
          ? Promise.reject(
              new ConnectorFailure({ verdict: "unauthorized", code: "sandbox.gone", message: "No access." }),
            )
          : locate(...asked),
    };
  })
  /** A post that is live, whose answer was lost an hour ago, and that nobody may read. */
  .extend("lostAndUnreadable", ({ server, platform, fixture, access, readingRefused }) => async () => {
    access.isRevoked = true;
    const deliveries = platform.deliveries(server.database, { speaking: readingRefused() });
    const followed = following(fixture, deliveries);
    await platform.setFaults([{ kind: "lost_answer" }]);
    const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("Only once"));
    await followed.untilState(postId, "ambiguous");
    const anHourAgo = `update delivery_attempts set intent_at = intent_at - interval '1 hour' where delivery_id = $1`;
    await asOwner(server.url, anHourAgo, [deliveryId]);
    return { postId, deliveries, ...followed };
  });

const dayMs = 86_400_000;

const throttled = { reason: "The platform asks to wait.", evidence: "429 Slow down" };

describe("a platform that asks to wait", () => {
  test("holds the account, which says since when, until when and why", async ({
    server,
    platform,
    fixture,
    deliveries,
    viewOf,
    order,
  }) => {
    await platform.setFaults([{ kind: "throttle", delayMs: 3_600_000 }]);
    const { postId } = await order("Later", { graceSeconds: 7_200 });
    await sweepUntil(deliveries, async () => (await viewOf(postId)).attempts.length > 0);
    const [slowed] = await deliveries.holds.list(fixture.workspaceId);
    expect(slowed).toMatchObject({ channelId: fixture.channelId, window: null, hold: { waiting: 1 } });
    expect(slowed?.hold?.reason).toContain("wait");
    expect(slowed?.hold?.evidence).toMatch(/^429/);
    const { since, until } = slowed?.hold ?? { since: new Date(0), until: new Date(0) };
    expect(until.getTime() - since.getTime()).toBe(3_600_000);
    const elsewhere = await buildDeliveryFixture(server.database, platform.connector);
    expect(await deliveries.holds.list(elsewhere.workspaceId)).toEqual([]);
  });

  test("is asked again at once where a person lifts the hold, in every workspace", async ({
    server,
    platform,
    fixture,
    deliveries,
    actor,
    viewOf,
    sweepOnce,
    copiesOf,
    eventsOf,
    order,
  }) => {
    await platform.setFaults([{ kind: "throttle", delayMs: 3_600_000 }]);
    const there = await buildDeliveryFixture(server.database, platform.connector);
    const channels = server.database.system.updateTable("channels");
    await channels.set({ account_id: fixture.channelId }).where("id", "=", there.channelId).execute();
    const first = await order("First", { graceSeconds: 7_200 });
    await sweepUntil(deliveries, async () => (await viewOf(first.postId)).attempts.length > 0);
    const second = await orderPost(there, deliveries, textVariant("Second"), { graceSeconds: 7_200 });
    await sweepOnce();
    expect((await following(there, deliveries).viewOf(second.postId)).waiting?.code).toBe(
      "delivery.throttled",
    );
    expect(await copiesOf("First")).toBe(0);
    expect(await deliveries.holds.lift(actor, fixture.channelId)).toMatchObject({ hold: null });
    await sweepUntil(
      deliveries,
      async () => (await copiesOf("First")) === 1 && (await copiesOf("Second")) === 1,
    );
    expect(await eventsOf("channel.hold_lifted")).toEqual([{ target_id: fixture.channelId }]);
    // Nothing is held any more, and nothing is said twice.
    await deliveries.holds.lift(actor, fixture.channelId);
    expect(await eventsOf("channel.hold_lifted")).toHaveLength(1);
  });

  test("keeps waiting what goes on with its end, and not what may still be taken back", async ({
    server,
    fixture,
    deliveries,
    actor,
    viewOf,
    order,
    untilState,
    sweepOnce,
  }) => {
    const channel = { workspaceId: fixture.workspaceId, channelId: fixture.channelId };
    await holdAccount(server.database.system, channel, { waitMs: 60_000, ...throttled });
    const held = await order("Held");
    const notBefore = new Date(Date.now() + 30_000);
    const approved = await order("Just approved", { notBefore });
    await sweepOnce();
    expect(await deliveries.holds.list(fixture.workspaceId)).toMatchObject([{ hold: { waiting: 1 } }]);
    await deliveries.holds.lift(actor, fixture.channelId);
    await untilState(held.postId, "confirmed");
    expect((await viewOf(approved.postId)).wakeAt).toBe(notBefore.toISOString());
  });

  test("is not obeyed for more than a day, whatever it says", async ({ server, fixture, deliveries }) => {
    const place = { workspaceId: fixture.workspaceId, channelId: fixture.channelId };
    await holdAccount(server.database.system, place, { waitMs: 1.9e15, ...throttled });
    const hold = (await deliveries.holds.list(fixture.workspaceId))[0]?.hold;
    expect(hold && hold.until.getTime() - hold.since.getTime()).toBe(dayMs);
    // A shorter one does not end it.
    await holdAccount(server.database.system, place, { waitMs: 1_000, ...throttled });
    expect((await deliveries.holds.list(fixture.workspaceId))[0]?.hold).toEqual(hold);
    const longer = sql`update delivery_holds set until = until + interval '1 second'
      where account_id = ${fixture.channelId}`.execute(server.database.system);
    await expect(longer).rejects.toThrow(/delivery_holds_end/);
  });
});

describe("posts that were seen to appear late", () => {
  test("count half for each week in which none came so late", async ({
    server,
    learn,
    windowOf,
    weeksPass,
    order,
  }) => {
    await learn(600_000);
    expect(await windowOf()).toBeCloseTo(600_000, -2);
    await weeksPass(2);
    expect(await windowOf()).toBeCloseTo(150_000, -2);
    await order("Patient");
    const [claimed] = await claimDue(server.database.system, { limit: 1, leaseMs: 1, busyChannels: [] });
    expect(claimed?.learnedMs).toBeCloseTo(150_000, -2);
    // One that comes sooner says nothing about those that come later.
    await learn(100_000);
    await weeksPass(1);
    expect(await windowOf()).toBeCloseTo(75_000, -2);
    await learn(90_000);
    expect(await windowOf()).toBeCloseTo(90_000, -2);
    await weeksPass(20);
    expect(await windowOf()).toBeUndefined();
  });

  test("are forgotten for the next post, and not for what waits already", async ({
    server,
    platform,
    fixture,
    deliveries,
    actor,
    order,
    untilState,
    learn,
  }) => {
    await learn(600_000);
    await platform.setFaults([{ kind: "reset_before_commit", remaining: null }]);
    const windowOfNext = async (text: string) => {
      const { postId, deliveryId } = await order(text);
      await untilState(postId, "ambiguous");
      return () =>
        server.database.system
          .selectFrom("delivery_attempts")
          .select("window_ms")
          .where("delivery_id", "=", deliveryId)
          .executeTakeFirstOrThrow();
    };
    const waiting = await windowOfNext("Waits already");
    await deliveries.holds.forgetWindow(actor, fixture.channelId);
    const next = await windowOfNext("Comes later");
    expect((await waiting()).window_ms).toBeGreaterThan(1_100_000);
    expect((await next()).window_ms).toBeLessThan(60_000);
  });

  test("are forgotten where a person says so", async ({
    fixture,
    deliveries,
    actor,
    eventsOf,
    learn,
    windowOf,
  }) => {
    await learn(600_000);
    expect(await deliveries.holds.forgetWindow(actor, fixture.channelId)).toEqual({
      channelId: fixture.channelId,
      hold: null,
      window: null,
    });
    expect(await windowOf()).toBeUndefined();
    expect(await eventsOf("channel.window_forgotten")).toEqual([{ target_id: fixture.channelId }]);
  });
});

describe("a channel that has to be connected again", () => {
  test("lets what waits for it become missed, told with the reason, once it is too late", async ({
    server,
    viewOf,
    order,
    untilState,
    sweepOnce,
    channelIs,
    copiesOf,
    timesTold,
  }) => {
    await channelIs("needs_reconnect");
    const { postId } = await order("Held");
    await untilState(postId, "needs_reconnect");
    const told = await timesTold(postId);
    await sql`update deliveries set late_after = now() where post_id = ${postId}`.execute(
      server.database.system,
    );
    const { error } = await untilState(postId, "missed");
    expect(error?.code).toBe("delivery.late");
    expect(error?.message).toContain("The channel was away until it was later than the workspace allows");
    expect(await timesTold(postId)).toBe(told + 1);
    await channelIs("connected");
    await sweepOnce();
    expect((await viewOf(postId)).state).toBe("missed");
    expect(await copiesOf("Held")).toBe(0);
  });

  test("is what a person is asked, and not each post that cannot be read back meanwhile", async ({
    fixture,
    access,
    channelIs,
    copiesOf,
    looksOf,
    lostAndUnreadable,
  }) => {
    const { postId, deliveries, viewOf, untilState } = await lostAndUnreadable();
    await sweepUntil(deliveries, async () => (await viewOf(postId)).error?.code === "delivery.no_access");
    expect(await viewOf(postId)).toMatchObject({ state: "ambiguous" });
    expect((await viewOf(postId)).error?.message).toContain("Connect the channel again");
    expect((await looksOf(postId)).wake_at.getTime()).toBeGreaterThan(Date.now() + 200_000);
    expect(await deliveries.stuck(fixture.workspaceId)).toEqual([]);
    access.isRevoked = false;
    await channelIs("connected");
    await untilState(postId, "confirmed");
    expect(await copiesOf("Only once")).toBe(1);
  });

  test("is looked at again after it was disconnected, where a person was asked by then", async ({
    server,
    access,
    channelIs,
    copiesOf,
    timesTold,
    lostAndUnreadable,
  }) => {
    const { postId, deliveries, viewOf, untilState } = await lostAndUnreadable();
    await sweepUntil(deliveries, async () => (await viewOf(postId)).error?.code === "delivery.no_access");
    await channelIs("disconnected");
    await sql`update deliveries set wake_at = now() where post_id = ${postId}`.execute(
      server.database.system,
    );
    // The channel's own code refuses to open it; the harness does not, so the platform does.
    const asked = await untilState(postId, "needs_human");
    expect(asked.error).toMatchObject({ code: "delivery.no_access" });
    expect(asked.error?.message).toContain("The platform could not be read");
    const told = await timesTold(postId);
    access.isRevoked = false;
    await channelIs("connected");
    await untilState(postId, "confirmed");
    expect(await timesTold(postId)).toBeGreaterThan(told);
    expect(await copiesOf("Only once")).toBe(1);
  });

  test("and whose new access may not read either asks about the post, for no connection would tell", async ({
    platform,
    actor,
    channelIs,
    lostAndUnreadable,
  }) => {
    const { postId, deliveries, viewOf, untilState, sweepOnce } = await lostAndUnreadable();
    for (let times = 0; times < 2; times += 1) {
      await sweepUntil(deliveries, async () => (await viewOf(postId)).error?.code === "delivery.no_access");
      // A person connects it again, and the platform still lets nobody read.
      await channelIs("connected");
      await sweepUntil(deliveries, async () => (await viewOf(postId)).error?.code !== "delivery.no_access");
    }
    const asked = await untilState(postId, "needs_human");
    expect(asked).toMatchObject({ error: { code: "delivery.needs_human" } });
    expect(asked.error?.message).toContain("also after the channel was connected again");
    expect(asked.attempts[0]?.doubt?.reason).toBe("unreadable");
    // No further connection takes the question away.
    await channelIs("connected");
    await sweepOnce();
    await platform.setFaults([]);
    await deliveries.resolve(actor, asked.id, { outcome: "absent" });
    const { attempts } = await untilState(postId, "confirmed");
    expect(attempts[0]).toMatchObject({ state: "absent_proven", settledBy: "person" });
  });

  test("gives a look that fails for another reason a second chance before a person is asked", async ({
    platform,
    access,
    channelIs,
    looksOf,
    lostAndUnreadable,
  }) => {
    const { postId, deliveries, viewOf } = await lostAndUnreadable();
    await sweepUntil(deliveries, async () => (await viewOf(postId)).error?.code === "delivery.no_access");
    const { looks } = await looksOf(postId);
    access.isRevoked = false;
    await platform.setFaults([{ kind: "error_before_commit", on: "list", remaining: null }]);
    await channelIs("connected");
    await sweepUntil(deliveries, async () => (await looksOf(postId)).looks > looks);
    expect(await viewOf(postId)).toMatchObject({
      state: "ambiguous",
      error: { code: "delivery.reading_back" },
    });
  });
});
