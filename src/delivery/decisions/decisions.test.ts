import { sql } from "kysely";
import { describe, expect } from "vitest";
import { newId } from "#kit";
import { buildMember } from "../../../test/support/builders.ts";
import { asOwner } from "../../../test/support/database.ts";
import { handleEvents } from "../../../test/support/events.ts";
import {
  buildDeliveryFixture,
  following,
  noFiles,
  orderPost,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/delivery.ts";

// A platform that nobody can read back, and one lost answer: the case that only a person can end.

const test = base
  .extend("deliveries", ({ server, platform }) =>
    platform.deliveries(server.database, { speaking: { ...platform.connector, locate: "unsupported" } }),
  )
  .extend(
    "mayBeLive",
    ({ fixture, deliveries }) =>
      async (postId: string): Promise<boolean | undefined> =>
        (await deliveries.forPost(fixture.workspaceId, postId))[0]?.mayBeLive,
  )
  .extend("halfLive", ({ server, platform, fixture, visible }) => async () => {
    const deliveries = platform.deliveries(server.database);
    const { untilState } = following(fixture, deliveries);
    const order = await orderPost(fixture, deliveries, textVariant("one", "x".repeat(500), "three"));
    await untilState(order.postId, "rejected");
    expect(await visible()).toEqual(["one"]);
    return { ...order, deliveries, untilState };
  });

test("Galley asks after the window, and never sends again by itself", async ({
  platform,
  deliveries,
  actor,
  order,
  untilState,
  visible,
}) => {
  await platform.setFaults([{ kind: "lost_answer" }]);
  const { postId, deliveryId } = await order("Did it arrive?");
  await untilState(postId, "ambiguous");
  await expect(deliveries.resolve(actor, deliveryId, { outcome: "absent" })).rejects.toMatchObject({
    code: "delivery.wrong_state",
  });
  const view = await untilState(postId, "needs_human");
  expect(view?.error?.message).toMatch(/read back/);
  for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
  expect(await visible()).toEqual(["Did it arrive?"]);
});

test.for([null, "https://example.com/posts/1"])(
  "'it is live' is final, at %s",
  async (url, { platform, deliveries, actor, order, untilState, visible }) => {
    await platform.setFaults([{ kind: "lost_answer" }]);
    const { postId, deliveryId } = await order("It arrived");
    await untilState(postId, "needs_human");
    await deliveries.resolve(actor, deliveryId, { outcome: "live", url });
    const view = await untilState(postId, "confirmed");
    expect(view?.externalUrl).toBe(url);
    expect(view?.attempts).toMatchObject([{ state: "confirmed", settledBy: "person", externalUrl: url }]);
    await expect(deliveries.resolve(actor, deliveryId, { outcome: "live", url })).rejects.toMatchObject({
      code: "delivery.wrong_state",
    });
    expect(await visible()).toEqual(["It arrived"]);
  },
);

test("'it is not' sends it again, as a second attempt", async ({
  platform,
  deliveries,
  actor,
  order,
  untilState,
  visible,
}) => {
  await platform.setFaults([{ kind: "reset_before_commit" }]);
  const { postId, deliveryId } = await order("Once more");
  await untilState(postId, "needs_human");
  expect(await visible()).toEqual([]);
  await deliveries.resolve(actor, deliveryId, { outcome: "absent" });
  const view = await untilState(postId, "confirmed");
  expect(view?.attempts).toMatchObject([
    { number: 1, state: "absent_proven", settledBy: "person" },
    { number: 2, state: "confirmed", settledBy: "answer" },
  ]);
  expect(await visible()).toEqual(["Once more"]);
});

describe("whether a second copy may come of sending again", () => {
  test("is told while an answer is lost, and after a person's word, until it is live", async ({
    platform,
    deliveries,
    actor,
    order,
    untilState,
  }) => {
    await platform.setFaults([{ kind: "reset_before_commit" }, { kind: "refusal" }]);
    const { postId, deliveryId } = await order("Told to be absent");
    expect((await untilState(postId, "needs_human"))?.mayBeLive).toBe(true);
    await deliveries.resolve(actor, deliveryId, { outcome: "absent" });
    expect((await untilState(postId, "rejected"))?.mayBeLive).toBe(true);
    await deliveries.retry(actor, deliveryId);
    expect((await untilState(postId, "confirmed"))?.mayBeLive).toBe(false);
  });

  test("is not where the platform refused it, nor of the part that is live", async ({
    platform,
    order,
    untilState,
    mayBeLive,
    halfLive,
  }) => {
    await platform.setFaults([{ kind: "refusal" }]);
    const { postId } = await order("Refused");
    expect(await mayBeLive(postId)).toBe(false);
    expect((await untilState(postId, "rejected"))?.mayBeLive).toBe(false);
    const half = await halfLive();
    expect(await mayBeLive(half.postId)).toBe(false);
  });

  test("is where the platform says that it has it already", async ({
    server,
    platform,
    order,
    untilState,
    mayBeLive,
  }) => {
    await platform.setFaults([{ kind: "refusal" }]);
    const { postId, deliveryId } = await order("Once and for all");
    await untilState(postId, "rejected");
    const attempts = server.database.system.updateTable("delivery_attempts");
    await attempts.set({ error_code: "x.duplicate" }).where("delivery_id", "=", deliveryId).execute();
    expect(await mayBeLive(postId)).toBe(true);
  });
});

test("another workspace's delivery answers as one that does not exist", async ({
  server,
  platform,
  fixture,
  deliveries,
  order,
}) => {
  const { deliveryId, postId } = await order("Theirs");
  const elsewhere = await buildDeliveryFixture(server.database, platform.connector);
  const stranger = await buildMember(server.database, elsewhere.workspaceId);
  for (const attempt of [
    () => deliveries.resolve(stranger, deliveryId, { outcome: "live", url: null }),
    () => deliveries.retry(stranger, deliveryId),
    () => deliveries.leave(stranger, deliveryId),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "delivery.not_found", kind: "not_found" });
  }
  const { workspaceId } = fixture;
  await server.database.inWorkspace(workspaceId, (tx) => deliveries.cancel(tx, workspaceId, postId));
});

describe("what is half live", () => {
  test("can be left as it is: settled with its history, and nothing of it is sent again", async ({
    server,
    actor,
    visible,
    halfLive,
  }) => {
    const { postId, deliveryId, deliveries, untilState } = await halfLive();
    const before = await untilState(postId, "rejected");
    const left = await deliveries.leave(actor, deliveryId);
    expect(left).toMatchObject({ state: "partly", error: before?.error, attempts: before?.attempts });
    expect(left.externalUrl).toBe(before?.externalUrl);
    for (const sweep of deliveries.sweeps) await sweep.run(new AbortController().signal);
    expect(await visible()).toEqual(["one"]);
    await handleEvents(server.database);
    const events = await server.database.system
      .selectFrom("audit_events")
      .select(["action", "actor_id", "details"])
      .where("target_id", "=", deliveryId)
      .execute();
    expect(events).toEqual([
      { action: "delivery.left", actor_id: actor.userId, details: { from: "rejected", live: 1, items: 3 } },
    ]);
    const told = await asOwner(
      server.url,
      "select from events where kind = 'delivery.settled' and data -> 'postIds' ? $1",
      [postId],
    );
    expect(told.length).toBeGreaterThan(0);
    for (const again of [
      () => deliveries.leave(actor, deliveryId),
      () => deliveries.retry(actor, deliveryId),
    ]) {
      await expect(again()).rejects.toMatchObject({ code: "delivery.wrong_state" });
    }
  });

  test("and was left is neither cancelled, sent by the same approval again, nor opened by the database", async ({
    server,
    fixture,
    actor,
    halfLive,
  }) => {
    const { postId, deliveryId, deliveries } = await halfLive();
    const { workspaceId } = fixture;
    const { database } = server;
    await deliveries.leave(actor, deliveryId);
    const change = await database.inWorkspace(workspaceId, (tx) =>
      deliveries.cancel(tx, workspaceId, postId),
    );
    expect(change).toEqual({ cancelled: [], tooLate: [deliveryId] });
    for (const state of ["scheduled", "cancelled", "confirmed", "rejected"]) {
      const moving = sql`update deliveries set state = ${state}, fence = fence + 1 where id = ${deliveryId}`;
      await expect(moving.execute(database.system), state).rejects.toThrow(/cannot go from partly/);
    }
    const copied = sql`
      insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, wake_at, grace_seconds, late_after)
      select workspace_id, ${newId()}, post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, wake_at, grace_seconds, late_after
      from deliveries where id = ${deliveryId}`;
    await expect(copied.execute(database.system)).rejects.toThrow(/deliveries_once/);
  });

  test("goes on where a person asks for another try instead", async ({ actor, halfLive }) => {
    const { deliveryId, deliveries } = await halfLive();
    expect((await deliveries.retry(actor, deliveryId)).state).toBe("scheduled");
    await expect(deliveries.leave(actor, deliveryId)).rejects.toMatchObject({ code: "delivery.wrong_state" });
  });

  test("is not what is not live at all, nor what may be: that is cancelled, or asked about", async ({
    server,
    platform,
    fixture,
    actor,
  }) => {
    const deliveries = platform.deliveries(server.database);
    const { untilState } = following(fixture, deliveries);
    const refused = await orderPost(fixture, deliveries, textVariant("x".repeat(500), "two"));
    await untilState(refused.postId, "rejected");
    await expect(deliveries.leave(actor, refused.deliveryId)).rejects.toMatchObject({
      code: "delivery.nothing_live",
    });
    const forced = sql`update deliveries set state = 'partly', fence = fence + 1 where id = ${refused.deliveryId}`;
    await expect(forced.execute(server.database.system)).rejects.toThrow(/not a part of it is live/);
    expect((await untilState(refused.postId, "rejected"))?.state).toBe("rejected");

    const blind = platform.deliveries(server.database, {
      speaking: { ...platform.connector, locate: "unsupported" },
    });
    const first = await orderPost(fixture, blind, textVariant("one", "two"));
    await platform.setFaults([{ kind: "lost_answer" }]);
    await following(fixture, blind).untilState(first.postId, "needs_human");
    await expect(blind.leave(actor, first.deliveryId)).rejects.toMatchObject({
      code: "delivery.wrong_state",
    });
  });
});

test("a post that was called off while a worker holds it is not sent", async ({
  server,
  platform,
  fixture,
  deliveries,
  visible,
}) => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const slow = platform.deliveries(server.database, {
    speaking: {
      ...platform.connector,
      prepare: async (...given) => {
        reached.resolve();
        await gate.promise;
        return platform.connector.prepare(...given);
      },
    },
  });
  const { postId } = await orderPost(fixture, slow, textVariant("never mind"));
  const sweeping = slow.sweeps[0]?.run(new AbortController().signal);
  await reached.promise;
  const change = await server.database.inWorkspace(fixture.workspaceId, (tx) =>
    slow.cancel(tx, fixture.workspaceId, postId),
  );
  expect(change.cancelled).toHaveLength(1);
  gate.resolve();
  await sweeping;
  expect(await visible()).toEqual([]);
  expect((await deliveries.forPost(fixture.workspaceId, postId))[0]?.state).toBe("cancelled");
});

test("a file that changed on the disk is refused, and not tried again", async ({
  server,
  platform,
  fixture,
  visible,
}) => {
  const bytes = new TextEncoder().encode("another picture");
  const reading = platform.deliveries(server.database, {
    speaking: {
      ...platform.connector,
      prepare: async (context, input) => {
        await input.media[0]?.read();
        return platform.connector.prepare(context, { ...input, media: [] });
      },
    },
    files: { ...noFiles, read: async () => bytes },
  });
  const media = [
    {
      mediaId: newId(),
      sha256: "0".repeat(64),
      mimeType: "image/png",
      bytes: 15,
      width: 1,
      height: 1,
      durationMs: null,
      pages: null,
    },
  ];
  const content = {
    ...textVariant("with a picture"),
    media: [{ mediaId: media[0]?.mediaId ?? "", altText: "" }],
  };
  const { postId } = await orderPost(fixture, reading, content, { media });
  const view = await following(fixture, reading).untilState(postId, "rejected");
  expect(view?.error?.code).toBe("delivery.media_changed");
  expect(await visible()).toEqual([]);
});
