import * as fc from "fast-check";
import { sql } from "kysely";
import { describe, expect } from "vitest";
import { contentHash, type Actor } from "#kit";
import { buildWorkspace } from "../../../test/support/builders.ts";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import { DeskError } from "./errors.ts";

/**
 * The first promise, tried with random histories in which up to three things happen at the same time:
 * whatever is handed to delivery hashes to an approval that stands, and a post that changed has none.
 */

const test = base
  .extend(
    "workspaceId",
    async ({ database }) => (await buildWorkspace(database, { separateApprover: true })).id,
  )
  .extend(
    "variants",
    ({ channels }) =>
      (text: string) =>
        channels.map((channelId) => ({
          channelId,
          content: { parts: [text], link: null, media: [], firstComment: null, options: {} },
        })),
  )
  .extend("edit", ({ desk, variants }) => async (actor: Actor, id: string, text: string) => {
    const { version } = await desk.read(actor, id);
    await desk.edit(actor, id, { title: "Proof", variants: variants(text), baseVersion: version });
  })
  /** What a worker does: takes the first waiting delivery and is about to send it. */
  .extend("takeOff", ({ database }) => async (postId: string) => {
    await database.system.transaction().execute(async (db) => {
      const row = await db
        .selectFrom("deliveries")
        .select(["id", "fence"])
        .where("post_id", "=", postId)
        .where("state", "=", "scheduled")
        .where(sql<boolean>`coalesce(not_before <= clock_timestamp(), true)`)
        .limit(1)
        .forUpdate()
        .executeTakeFirst();
      if (!row) return;
      const lease = new Date(Date.now() + 600_000);
      for (const state of ["claimed", "in_flight"] as const) {
        await db
          .updateTable("deliveries")
          .set({ state, fence: row.fence + 1, lease_until: lease })
          .where("id", "=", row.id)
          .execute();
      }
    });
  })
  /** The platform refused it; the desk is told. */
  .extend("fail", ({ database, desk, workspaceId }) => async (postId: string) => {
    await database.system
      .updateTable("deliveries")
      .set({ state: "rejected", lease_until: null })
      .where("post_id", "=", postId)
      .where("state", "=", "in_flight")
      .execute();
    await desk.deliverySettled({ workspaceId, postIds: [postId] });
  })
  .extend("steps", ({ desk, edit, takeOff, fail }): Record<string, Step> => ({
    editFirst: (actor, id) => edit(actor, id, "first words"),
    editSecond: (actor, id) => edit(actor, id, "second words"),
    rename: async (actor, id) => {
      const post = await desk.read(actor, id);
      await desk.edit(actor, id, {
        title: `${post.title}!`,
        variants: post.variants,
        baseVersion: post.version,
      });
    },
    submit: (actor, id) => desk.submit(actor, id),
    withdraw: (actor, id) => desk.withdraw(actor, id),
    approve: async (actor, id) => {
      const { boundHash } = await desk.read(actor, id);
      await desk.approve(actor, id, { boundHash, note: "" });
    },
    undo: (actor, id) => desk.undoApproval(actor, id),
    requestChanges: (actor, id) => desk.requestChanges(actor, id, "shorter"),
    scheduleEarly: (actor, id) => desk.schedule(actor, id, { wall: "2090-01-01T09:00", zone: "Asia/Tokyo" }),
    scheduleLate: (actor, id) => desk.schedule(actor, id, { wall: "2091-01-01T09:00", zone: "Asia/Tokyo" }),
    unschedule: (actor, id) => desk.unschedule(actor, id),
    publish: (actor, id) => desk.publish(actor, id),
    cancel: (actor, id) => desk.cancel(actor, id),
    restore: (actor, id) => desk.restore(actor, id),
    remove: (actor, id) => desk.remove(actor, id),
    takeOff: (_actor, id) => takeOff(id),
    fail: (_actor, id) => fail(id),
  }))
  /** Approvals by somebody who wrote a version that no earlier approval had covered. */
  .extend("ownApprovals", ({ database }) => async (postId: string) => {
    const { rows } = await sql`
    select a.id from approvals a join post_versions v
      on v.post_id = a.post_id and v.number <= a.version and v.created_by = a.decided_by
    where a.post_id = ${postId} and a.decision = 'approved'
      and v.number > coalesce((select max(b.version) from approvals b
        where b.post_id = a.post_id and b.decision = 'approved' and b.id < a.id), 0)`.execute(
      database.system,
    );
    return rows;
  })
  .extend("assertPromise", ({ database, desk, people, ownApprovals }) => async (id: string) => {
    const db = database.system;
    const post = await desk.read(people[0], id);
    const standing = await db
      .selectFrom("approvals")
      .selectAll()
      .where("post_id", "=", id)
      .where("decision", "=", "approved")
      .where("voided_at", "is", null)
      .execute();
    const deliveries = await db
      .selectFrom("deliveries")
      .selectAll()
      .where("post_id", "=", id)
      .where("state", "<>", "cancelled")
      .execute();
    const [approval] = standing;
    for (const delivery of deliveries) {
      const binding = delivery.approval_binding as {
        at: string | null;
        variants: { channelId: string; hash: string }[];
      };
      expect(delivery.approval_id).toBe(approval?.id);
      expect(contentHash(binding)).toBe(approval?.bound_hash);
      expect(binding.variants).toContainEqual({
        channelId: delivery.channel_id,
        hash: contentHash(delivery.content),
      });
      if (binding.at !== null) expect(new Date(binding.at)).toEqual(delivery.due_at);
    }
    if (["draft", "in_review", "cancelled"].includes(post.status)) {
      expect(standing).toEqual([]);
      expect(deliveries).toEqual([]);
    } else {
      expect(standing).toHaveLength(1);
      expect(new Set(deliveries.map((delivery) => delivery.channel_id)).size).toBe(deliveries.length);
      // Fewer than there are channels: the rest could still be cancelled when one had left.
      expect(deliveries.length > 0).toBe(post.status !== "approved");
      // What is on the page now is what was approved, unless it is already on its way.
      expect(post.approval?.boundHash).toBe(approval?.bound_hash);
      for (const { content } of deliveries) {
        const { variant } = content as { variant: unknown };
        expect(post.variants.map((one) => one.content)).toContainEqual(variant);
      }
    }
    expect(await ownApprovals(id)).toEqual([]);
  })
  .extend(
    "play",
    ({ desk, people, variants, steps, assertPromise }) =>
      async (batches: { name: string; who: 0 | 1 }[][], scheduled: boolean) => {
        // Every history begins with an approved post, or random steps would rarely get to one.
        const id = await desk.create(people[0], { title: "Proof", variants: variants("first words") });
        if (scheduled) await steps["scheduleEarly"]?.(people[0], id);
        await desk.submit(people[0], id);
        await steps["approve"]?.(people[1], id);
        await assertPromise(id);
        for (const batch of batches) {
          const results = await Promise.allSettled(
            batch.map(async ({ name, who }) => steps[name]?.(people[who], id)),
          );
          for (const result of results) {
            if (result.status === "rejected") expect(result.reason).toBeInstanceOf(DeskError);
          }
          await assertPromise(id);
        }
      },
  )
  .extend("approvedPost", ({ desk, people, variants, steps }) => async () => {
    const id = await desk.create(people[0], { title: "Proof", variants: variants("first words") });
    await desk.submit(people[0], id);
    await steps["approve"]?.(people[1], id);
    return id;
  });

type Step = (actor: Actor, id: string) => Promise<unknown>;

describe("what delivery holds always hashes to a standing approval", () => {
  test("in any history, also of things that happen at once", async ({ steps, play }) => {
    const names = Object.keys(steps);
    const act = fc.record({ name: fc.constantFrom(...names), who: fc.constantFrom(0 as const, 1 as const) });
    const history = fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 14 });
    const property = fc.asyncProperty(history, fc.boolean(), play);
    await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 10_000 });
  }, 40_000);
});

describe("two things at the same moment", () => {
  test("publishing twice hands over once", async ({ desk, people, assertPromise, approvedPost }) => {
    const id = await approvedPost();
    const results = await Promise.allSettled([1, 2, 3].map(() => desk.publish(people[0], id)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    await assertPromise(id);
  });

  test("an edit and a publication: one of them wins, and what goes out was approved", async ({
    desk,
    people,
    variants,
    assertPromise,
    approvedPost,
  }) => {
    for (let round = 0; round < 10; round += 1) {
      const id = await approvedPost();
      const { version } = await desk.read(people[0], id);
      const change = { title: "Proof", variants: variants("other words"), baseVersion: version };
      await Promise.allSettled([desk.publish(people[0], id), desk.edit(people[1], id, change)]);
      await assertPromise(id);
    }
  });

  test("an approval and an edit: never an approval of what the approver did not see", async ({
    desk,
    people,
    variants,
    assertPromise,
  }) => {
    for (let round = 0; round < 10; round += 1) {
      const id = await desk.create(people[0], { title: "Proof", variants: variants("first words") });
      await desk.submit(people[0], id);
      const { boundHash, version } = await desk.read(people[1], id);
      const change = { title: "Proof", variants: variants("other words"), baseVersion: version };
      await Promise.allSettled([
        desk.approve(people[1], id, { boundHash, note: "" }),
        desk.edit(people[0], id, change),
      ]);
      await assertPromise(id);
      const after = await desk.read(people[1], id);
      expect(after.approval).toBeNull();
    }
  });
});
