import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect } from "vitest";
import { buildChannel, buildWorkspace } from "../../../test/support/builders.ts";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import { claimDue } from "../../delivery/claim/claim.store.ts";

// An approval can be taken back for a moment by whoever gave it, and nothing that it alone released leaves before.

const test = base
  .extend(
    "workspaceId",
    async ({ database }) => (await buildWorkspace(database, { separateApprover: true })).id,
  )
  .extend("author", ({ people }) => people[0])
  .extend("approver", ({ people }) => people[1])
  .extend("variants", ({ channelId }) => (text = "words") => [
    { channelId, content: { parts: [text], link: null, media: [], firstComment: null, options: {} } },
  ])
  .extend("inReview", ({ desk, author, variants }) => async (at?: string): Promise<string> => {
    const id = await desk.create(author, { title: "Proof", variants: variants() });
    if (at !== undefined) await desk.schedule(author, id, { wall: at, zone: "UTC" });
    await desk.submit(author, id);
    return id;
  })
  .extend("approve", ({ desk, approver }) => async (id: string): Promise<void> => {
    const { boundHash } = await desk.read(approver, id);
    await desk.approve(approver, id, { boundHash, note: "" });
  })
  .extend(
    "deliveryOf",
    ({ database }) =>
      (postId: string) =>
        database.system
          .selectFrom("deliveries")
          .select(["id", "state", "wake_at", "not_before", "due_at"])
          .where("post_id", "=", postId)
          .orderBy("id", "desc")
          .executeTakeFirstOrThrow(),
  )
  .extend("letTimePass", ({ database }) => async (postId: string): Promise<void> => {
    await database.system
      .updateTable("approvals")
      .set({ undo_until: sql`clock_timestamp()` })
      .where("post_id", "=", postId)
      .execute();
  })
  .extend("claimOne", ({ database }) => async (): Promise<string[]> => {
    const claimed = await claimDue(database.system, { limit: 500, leaseMs: 60_000, busyChannels: [] });
    return claimed.map(({ id }) => id);
  })
  .extend(
    "postsOf",
    ({ desk, author }) =>
      async (seriesId: string): Promise<string[]> =>
        (await desk.series.read(author, seriesId)).dates.flatMap(({ postId }) => postId ?? []),
  )
  .extend("approvedSeries", ({ desk, author, approver, variants }) => async (): Promise<string> => {
    const postId = await desk.create(author, { title: "Proof", variants: variants() });
    const id = await desk.series.create(author, { postId, rule, ahead: 3 });
    const { boundHash } = await desk.series.read(approver, id);
    await desk.series.approve(approver, id, { boundHash, note: "" });
    return id;
  });

const rule = {
  repeat: { every: "day" as const, interval: 1 },
  time: "08:00",
  zone: "UTC",
  clock: "compatible" as const,
  startsOn: "2090-01-01",
  end: { kind: "never" as const },
};

const tooLate = { code: "desk.undo_too_late", kind: "conflict" };

describe("an approval", () => {
  test("is taken back by whoever gave it, and the post is in review as if nothing had been approved", async ({
    desk,
    author,
    approver,
    inReview,
    approve,
  }) => {
    const id = await inReview();
    const before = await desk.read(author, id);
    await approve(id);
    expect((await desk.read(approver, id)).allowed).toContain("undo_approval");
    expect((await desk.read(author, id)).allowed).not.toContain("undo_approval");
    await desk.undoApproval(approver, id);
    const after = await desk.read(author, id);
    expect(after).toMatchObject({
      status: "in_review",
      approval: null,
      lastApprovedVersion: null,
      lastDecision: { voidedReason: `Taken back by ${approver.name}` },
    });
    // Their words are still their own: nobody approves what they wrote by way of somebody else's mistake.
    expect(after.authors).toEqual(before.authors);
    await expect(desk.approve(author, id, { boundHash: after.boundHash, note: "" })).rejects.toMatchObject({
      code: "desk.own_words",
    });
    await approve(id);
    expect(await desk.read(author, id)).toMatchObject({ status: "approved" });
  });

  test("for a time takes back what it scheduled", async ({
    desk,
    author,
    approver,
    inReview,
    approve,
    deliveryOf,
  }) => {
    const id = await inReview("2090-01-01T09:00");
    await approve(id);
    expect(await desk.read(author, id)).toMatchObject({ status: "scheduled" });
    await desk.undoApproval(approver, id);
    expect(await desk.read(author, id)).toMatchObject({ status: "in_review" });
    expect(await deliveryOf(id)).toMatchObject({ state: "cancelled" });
    await approve(id);
    expect(await deliveryOf(id)).toMatchObject({ state: "scheduled" });
  });

  test("stays once its moment is over, for anybody else, and once something is on its way", async ({
    desk,
    author,
    approver,
    inReview,
    approve,
    deliveryOf,
    letTimePass,
    claimOne,
  }) => {
    const id = await inReview();
    await expect(desk.undoApproval(approver, id)).rejects.toMatchObject(tooLate);
    await approve(id);
    await expect(desk.undoApproval(author, id)).rejects.toMatchObject(tooLate);
    await letTimePass(id);
    await expect(desk.undoApproval(approver, id)).rejects.toMatchObject(tooLate);
    const sent = await inReview();
    await approve(sent);
    await desk.publish(author, sent);
    expect(await claimOne()).toContain((await deliveryOf(sent)).id);
    await expect(desk.undoApproval(approver, sent)).rejects.toMatchObject(tooLate);
  });
});

describe("what an approval alone released", () => {
  test("waits until it can no longer be taken back, whatever else would wake it", async ({
    clock,
    database,
    desk,
    approver,
    inReview,
    approve,
    deliveryOf,
    claimOne,
  }) => {
    // The post is due by the database's clock before its approval is out of reach.
    clock.move(-3_600_000);
    const wall = new Date(clock.now().getTime() + 120_000).toISOString().slice(0, 16);
    const id = await inReview(wall);
    await approve(id);
    clock.move(3_600_000);
    const delivery = await deliveryOf(id);
    expect(delivery.due_at.getTime()).toBeLessThan(delivery.not_before?.getTime() ?? 0);
    const wake = () =>
      database.system
        .updateTable("deliveries")
        .set({ wake_at: sql`clock_timestamp()` })
        .where("id", "=", delivery.id)
        .execute();
    await wake();
    expect((await deliveryOf(id)).wake_at).toEqual(delivery.not_before);
    expect(await claimOne()).not.toContain(delivery.id);
    const seize = database.system
      .updateTable("deliveries")
      .set({ state: "claimed", fence: 1, lease_until: new Date(Date.now() + 60_000) })
      .where("id", "=", delivery.id)
      .execute();
    await expect(seize).rejects.toThrow(/can still be taken back/);
    await desk.undoApproval(approver, id);
    expect(await deliveryOf(id)).toMatchObject({ state: "cancelled" });
  });

  test("goes at once where a person says so afterwards", async ({
    desk,
    author,
    inReview,
    approve,
    deliveryOf,
    claimOne,
  }) => {
    const id = await inReview();
    await approve(id);
    await desk.publish(author, id);
    const delivery = await deliveryOf(id);
    expect(delivery.not_before).toBeNull();
    expect(await claimOne()).toContain(delivery.id);
  });

  test(
    "is either claimed or taken back, never both",
    { timeout: 240_000 },
    async ({ database, desk, author, approver, inReview, approve, deliveryOf, claimOne }) => {
      const won = { claim: 0, undo: 0 };
      // The claim starts later where it won and earlier where it lost, which keeps the two at each other's heels.
      let lead = 10;
      let id = await inReview();
      for (let race = 0; race < 200; race += 1) {
        await approve(id);
        await desk.schedule(author, id, { wall: "2090-01-01T09:00", zone: "UTC" });
        const { id: deliveryId } = await deliveryOf(id);
        await database.system
          .updateTable("deliveries")
          .set({ wake_at: sql`clock_timestamp()` })
          .where("id", "=", deliveryId)
          .execute();
        const [undone, claimed] = await Promise.allSettled([
          desk.undoApproval(approver, id),
          pause(lead).then(claimOne),
        ]);
        if (claimed.status === "rejected") throw claimed.reason;
        const isClaimed = claimed.value.includes(deliveryId);
        const post = await desk.read(author, id);
        if (undone.status === "fulfilled") {
          won.undo += 1;
          lead = Math.max(0, lead - 2);
          expect(isClaimed).toBe(false);
          expect(post).toMatchObject({ status: "in_review", approval: null });
          expect(await deliveryOf(id)).toMatchObject({ state: "cancelled" });
        } else {
          won.claim += 1;
          lead += 2;
          expect(undone.reason).toMatchObject(tooLate);
          expect(isClaimed).toBe(true);
          expect(post.approval).not.toBeNull();
          expect(await deliveryOf(id)).toMatchObject({ state: "claimed" });
          id = await inReview();
        }
      }
      // A race that only ever one of them wins is none.
      expect(Math.min(won.claim, won.undo)).toBeGreaterThan(20);
    },
  );
});

describe("the approval of a series", () => {
  test("is taken back with every date that it released", async ({
    desk,
    author,
    approver,
    deliveryOf,
    postsOf,
    approvedSeries,
  }) => {
    const id = await approvedSeries();
    const posts = await postsOf(id);
    expect(posts).toHaveLength(3);
    for (const postId of posts) expect((await deliveryOf(postId)).not_before).not.toBeNull();
    await expect(desk.undoApproval(approver, posts[0] ?? "")).rejects.toMatchObject(tooLate);
    await expect(desk.series.undoApproval(author, id)).rejects.toMatchObject(tooLate);
    expect((await desk.series.read(approver, id)).allowed).toContain("undo_approval");
    await desk.series.undoApproval(approver, id);
    const after = await desk.series.read(author, id);
    expect(after).toMatchObject({ approved: false, ownWords: true });
    expect(await postsOf(id)).toEqual([]);
    for (const postId of posts) expect(await deliveryOf(postId)).toMatchObject({ state: "cancelled" });
    const own = desk.series.approve(author, id, { boundHash: after.boundHash, note: "" });
    await expect(own).rejects.toMatchObject({ code: "desk.own_words" });
    await desk.series.approve(approver, id, { boundHash: after.boundHash, note: "" });
    expect(await postsOf(id)).toHaveLength(3);
  });

  test("stays as a whole once one of its dates is on its way", async ({
    database,
    desk,
    author,
    approver,
    deliveryOf,
    postsOf,
    approvedSeries,
  }) => {
    const id = await approvedSeries();
    const [first = "", ...others] = await postsOf(id);
    // A worker has one of its channels: a row of another channel that does not wait.
    const other = await buildChannel(database, author.workspaceId);
    await sql`
      insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, wake_at, grace_seconds, late_after)
      select workspace_id, gen_random_uuid(), post_id, ${other.id}, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, due_at, grace_seconds, late_after
      from deliveries where post_id = ${first}`.execute(database.system);
    await database.system
      .updateTable("deliveries")
      .set({ state: "claimed", fence: 1, lease_until: new Date(Date.now() + 60_000) })
      .where("channel_id", "=", other.id)
      .execute();
    await expect(desk.series.undoApproval(approver, id)).rejects.toMatchObject(tooLate);
    for (const postId of others) expect(await deliveryOf(postId)).toMatchObject({ state: "scheduled" });
    expect(await desk.series.read(author, id)).toMatchObject({ approved: true });
  });
});
