import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { PostStatus } from "../model/post.ts";
import type { DeliveryFact } from "../model/status.ts";

/** The stored state of a post, removed or not; null where there is none. */
export async function statusOfPost(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
): Promise<PostStatus | null> {
  const row = await db
    .selectFrom("posts")
    .select("status")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", postId)
    .executeTakeFirst();
  return row?.status ?? null;
}

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

/** What the deliveries of a post's standing approval say; none without one. */
export async function deliveryFacts(
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
