import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { PostStatus, Variant } from "../model/post.ts";

/** More posts than this are not written into one file. */
const mostPosts = 20_000;

export type ExportedPost = {
  id: string;
  title: string;
  status: PostStatus;
  wall: string | null;
  zone: string | null;
  rule: string | null;
  variants: Variant[];
  live_at: string | null;
};

/** Posts that are not removed, newest first, each with its newest version and its first address. */
export async function exportedPosts(db: Kysely<Schema>, workspaceId: string): Promise<ExportedPost[]> {
  const { rows } = await sql<ExportedPost>`
    select p.id, p.title, p.status, p.scheduled_wall as wall, p.scheduled_zone as zone,
      p.scheduled_rule as rule, v.variants,
      (select min(d.external_url) from deliveries d
        where d.workspace_id = p.workspace_id and d.post_id = p.id and d.state in ('confirmed', 'partly')) as live_at
    from posts p
    join post_versions v on v.workspace_id = p.workspace_id and v.post_id = p.id and v.number = p.version
    where p.workspace_id = ${workspaceId} and p.deleted_at is null and p.kind = 'post'
    order by p.id desc
    limit ${mostPosts}`.execute(db);
  return rows;
}
