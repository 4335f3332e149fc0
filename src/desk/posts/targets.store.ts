import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";

/** Posts with a standing approval, and templates, that have a variant for a channel; templates first. */
export async function approvedFor(
  db: Kysely<Schema>,
  workspaceId: string,
  channelId: string,
): Promise<{ id: string; kind: "post" | "template" }[]> {
  const { rows } = await sql<{ id: string; kind: "post" | "template" }>`
    select p.id, p.kind from posts p
    where p.workspace_id = ${workspaceId} and p.deleted_at is null and ${channelId}::uuid = any(p.channel_ids)
      and p.status <> 'published'
      and (p.kind = 'template' or exists (select from approvals a
        where a.workspace_id = p.workspace_id and a.post_id = p.id and a.decision = 'approved'
          and a.voided_at is null))
    order by p.kind desc, p.id`.execute(db);
  return rows;
}

/** Whether anything of a post is out, may be, or is about to be; its deliveries stay locked. */
export async function isUnderWay(db: Kysely<Schema>, workspaceId: string, postId: string): Promise<boolean> {
  const { rows } = await sql<{ out: boolean }>`
    select d.state not in ('scheduled', 'claimed', 'rejected', 'missed', 'needs_reconnect', 'skipped') or exists (
        select from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id
          and a.state in ('open', 'ambiguous', 'confirmed', 'partly')) as out
    from deliveries d
    where d.workspace_id = ${workspaceId} and d.post_id = ${postId} and d.state <> 'cancelled'
    order by d.id
    for update`.execute(db);
  return rows.some(({ out }) => out);
}
