import type { Kysely } from "kysely";
import { sql } from "kysely";
import { z } from "zod";
import type { JsonObject } from "#kit";
import { recordEvent } from "#platform/audit";
import type { Schema } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import type { PostStatus } from "../model/post.ts";
import { lockPost, updatePost } from "../model/posts.store.ts";
import { type DeliveryFact, statusOf } from "../model/status.ts";

/** The task that delivery enqueues whenever one of a post's deliveries has come to an end. */
export const deliverySettledTask = "desk.delivery_settled";

const settledPayload = z.object({ workspaceId: z.uuid(), postIds: z.array(z.uuid()) });

/** Brings posts' states in line with their deliveries. May run twice, late, or for a post that is gone. */
export async function deliverySettled(
  deps: Pick<DeskDeps, "database" | "clock">,
  payload: JsonObject,
): Promise<void> {
  const { workspaceId, postIds } = settledPayload.parse(payload);
  for (const postId of postIds) {
    await deps.database.inWorkspace(workspaceId, async (db) => {
      if (await lockPost(db, workspaceId, postId))
        await settleStatus(db, workspaceId, postId, deps.clock.now());
    });
  }
}

/** The post must be locked: a slower reader of older deliveries would overwrite the newer state. */
export async function settleStatus(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
  now: Date,
): Promise<void> {
  const before = await db
    .selectFrom("posts")
    .select("status")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", postId)
    .executeTakeFirst();
  // Without a standing approval there are no facts: a draft stays a draft whatever comes in late.
  const status = statusOf(await deliveryFacts(db, workspaceId, postId), now);
  if (!before || status === null || status === before.status) return;
  await updatePost(db, workspaceId, postId, { status, updated_at: now });
  await recordEvent(db, {
    actor: { kind: "system", workspaceId },
    action: settledActions[status] ?? "post.settled",
    target: { kind: "post", id: postId },
    details: { from: before.status, to: status },
  });
}

const settledActions: Partial<Record<PostStatus, string>> = {
  published: "post.went_live",
  partly: "post.partly_live",
  waiting_for_channel: "post.waits_for_channel",
  failed: "post.failed",
  missed: "post.missed",
};

/** The channels of these deliveries, for telling a person what could not be held back. */
export async function channelsOfDeliveries(
  db: Kysely<Schema>,
  workspaceId: string,
  deliveryIds: string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom("deliveries")
    .select("channel_id")
    .distinct()
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", sql<string>`any(${deliveryIds}::uuid[])`)
    .execute();
  return rows.map((row) => row.channel_id);
}

async function deliveryFacts(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
): Promise<DeliveryFact[]> {
  const rows = await db
    .selectFrom("deliveries as d")
    .innerJoin("approvals as a", (join) =>
      join
        .onRef("a.workspace_id", "=", "d.workspace_id")
        .onRef("a.id", "=", "d.approval_id")
        // Known already, and said so that no plan reads all approvals of the workspace.
        .onRef("a.post_id", "=", "d.post_id"),
    )
    .select([
      "d.channel_id",
      "d.state",
      "d.due_at",
      sql<boolean>`exists (select from delivery_attempts t
        where t.workspace_id = d.workspace_id and t.delivery_id = d.id and t.state in ('confirmed', 'partly'))`.as(
        "any_live",
      ),
    ])
    .where("d.workspace_id", "=", workspaceId)
    .where("d.post_id", "=", postId)
    .where("a.decision", "=", "approved")
    .where("a.voided_at", "is", null)
    .execute();
  return rows.map((row) => ({
    channelId: row.channel_id,
    state: row.state,
    dueAt: row.due_at,
    anyLive: row.any_live,
  }));
}
