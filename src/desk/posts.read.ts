import { sql } from "kysely";
import type { Actor } from "#kit";
import { compileOnly } from "#platform/db";
import { bindingOf, boundHash } from "./binding.ts";
import { idOfCursor, pageByIds } from "./cursor.ts";
import type { DeskParts } from "./desk.ts";
import { postNotFound } from "./errors.ts";
import { type LoadedPost, loadPost, scheduleOf } from "./load.ts";
import type { PostStatus, Schedule, Variant } from "./post.ts";
import { type Action, type Refusal, actions, refusal } from "./rules.ts";

export type PostFilter = {
  statuses: PostStatus[];
  /** Words in the title or the first lines. */
  search: string | null;
  /** Scheduled at or after, and before. */
  from: Date | null;
  to: Date | null;
  cursor: string | null;
  limit: number;
};

export type PostSummary = {
  id: string;
  title: string;
  status: PostStatus;
  excerpt: string;
  channels: { channelId: string; connector: string; handle: string }[];
  scheduled: Schedule | null;
  version: number;
  author: { name: string | null; kind: "person" | "agent" };
  createdAt: Date;
  updatedAt: Date;
};

/** A page of posts, newest first, in one round trip. Removed posts are left out. */
export async function listPosts(
  parts: DeskParts,
  workspaceId: string,
  filter: PostFilter,
): Promise<{ items: PostSummary[]; next: string | null }> {
  const rows = await parts.database.read(workspaceId, listQuery(workspaceId, filter, parts.clock.now()));
  const { items, next } = pageByIds(rows, filter.limit, (row) => row.id);
  return {
    next,
    items: items.map((row) => ({
      id: row.id,
      title: row.title,
      status: row.status,
      excerpt: row.excerpt,
      channels: row.channels,
      scheduled: scheduleOf(row),
      version: row.version,
      author: { name: row.author_name, kind: row.author_kind },
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    })),
  };
}

/** One row more than the page holds, to know whether another follows. */
function listQuery(workspaceId: string, filter: PostFilter, now: Date) {
  let query = compileOnly
    .selectFrom("posts as p")
    .leftJoin("users as u", "u.id", "p.created_by")
    .select([
      "p.id",
      "p.title",
      shownStatus(now).as("status"),
      "p.excerpt",
      "p.scheduled_wall",
      "p.scheduled_zone",
      "p.scheduled_rule",
      "p.scheduled_at",
      "p.version",
      "p.author_kind",
      "p.created_at",
      "p.updated_at",
      "u.name as author_name",
      sql<PostSummary["channels"]>`coalesce((
        select json_agg(json_build_object('channelId', c.id, 'connector', c.connector, 'handle', c.handle)
          order by array_position(p.channel_ids, c.id))
        from channels c where c.workspace_id = p.workspace_id and c.id = any(p.channel_ids)), '[]')`.as(
        "channels",
      ),
    ])
    .where("p.workspace_id", "=", workspaceId)
    .where("p.deleted_at", "is", null)
    .orderBy("p.id", "desc")
    .limit(filter.limit + 1);
  if (filter.statuses.length > 0) query = query.where(hasStatus(filter.statuses, now));
  if (filter.from) query = query.where("p.scheduled_at", ">=", filter.from);
  if (filter.to) query = query.where("p.scheduled_at", "<", filter.to);
  if (filter.cursor) query = query.where("p.id", "<", idOfCursor(filter.cursor));
  if (filter.search) {
    const pattern = `%${filter.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    query = query.where((or) => or.or([or("p.title", "ilike", pattern), or("p.excerpt", "ilike", pattern)]));
  }
  return query.compile();
}

/** A scheduled post whose moment has come is being published, also before its first delivery has ended. */
function shownStatus(now: Date) {
  return sql<PostStatus>`case when p.status = 'scheduled' and p.scheduled_at <= ${now}::timestamptz
    then 'publishing' else p.status end`;
}

/** The same rule for a filter, written so that the index on the stored state serves it. */
function hasStatus(statuses: PostStatus[], now: Date) {
  const plain = statuses.filter((status) => status !== "scheduled");
  const isDue = sql`(p.status = 'scheduled' and p.scheduled_at <= ${now}::timestamptz)`;
  const waits = sql`(p.status = 'scheduled' and p.scheduled_at > ${now}::timestamptz)`;
  return sql<boolean>`(p.status = any(${plain}::text[])
    or ${statuses.includes("publishing") ? isDue : sql`false`}
    or ${statuses.includes("scheduled") ? waits : sql`false`})`;
}

export type FullPost = LoadedPost & {
  /** What an approval would bind now; the approver's page sends it back. */
  boundHash: string;
  allowed: Action[];
  refused: Refusal[];
};

/** A post with everything its page shows, and what this person may do with it. Removed posts are found too. */
export async function readPost(parts: DeskParts, actor: Actor, id: string): Promise<FullPost> {
  const { workspaceId } = actor;
  const post = await parts.database.inWorkspace(workspaceId, (db) =>
    loadPost(db, parts.connectors, workspaceId, id),
  );
  const decided = actions.map((action) => ({ action, refused: refusal(action, post.facts, actor) }));
  const due = post.status === "scheduled" && post.schedule !== null && post.schedule.at <= parts.clock.now();
  return {
    ...post,
    status: due ? "publishing" : post.status,
    boundHash: boundHash(bindingOf(post.variants, post.media, post.schedule?.at ?? null)),
    allowed: decided.filter(({ refused }) => refused === null).map(({ action }) => action),
    refused: decided.flatMap(({ refused }) => refused ?? []),
  };
}

export type VersionSummary = {
  number: number;
  title: string;
  contentHash: string;
  author: { name: string | null; kind: "person" | "agent" };
  createdAt: Date;
};

/** All versions of a post, newest first. */
export async function listVersions(
  parts: DeskParts,
  workspaceId: string,
  id: string,
): Promise<VersionSummary[]> {
  const rows = await parts.database.read(workspaceId, versionsQuery(workspaceId, id));
  if (rows.length === 0) throw postNotFound();
  return rows.map((row) => ({
    number: row.number,
    title: row.title,
    contentHash: row.content_hash,
    author: { name: row.author_name, kind: row.author_kind },
    createdAt: row.created_at,
  }));
}

/** One version with its variants, for a diff or to bring it back by saving it again. */
export async function readVersion(
  parts: DeskParts,
  workspaceId: string,
  id: string,
  number: number,
): Promise<VersionSummary & { variants: Variant[] }> {
  const query = compileOnly
    .selectFrom("post_versions as v")
    .leftJoin("users as u", "u.id", "v.created_by")
    .select([
      "v.number",
      "v.title",
      "v.content_hash",
      "v.author_kind",
      "v.created_at",
      "v.variants",
      "u.name as author_name",
    ])
    .where("v.workspace_id", "=", workspaceId)
    .where("v.post_id", "=", id)
    .where("v.number", "=", number)
    .compile();
  const [row] = await parts.database.read(workspaceId, query);
  if (!row) throw postNotFound();
  return {
    number: row.number,
    title: row.title,
    contentHash: row.content_hash,
    author: { name: row.author_name, kind: row.author_kind },
    createdAt: row.created_at,
    variants: row.variants as Variant[],
  };
}

function versionsQuery(workspaceId: string, id: string) {
  return compileOnly
    .selectFrom("post_versions as v")
    .leftJoin("users as u", "u.id", "v.created_by")
    .select([
      "v.number",
      "v.title",
      "v.content_hash",
      "v.author_kind",
      "v.created_at",
      "u.name as author_name",
    ])
    .where("v.workspace_id", "=", workspaceId)
    .where("v.post_id", "=", id)
    .orderBy("v.number", "desc")
    .compile();
}
