import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { PostStatus, Schedule, Source } from "./post.ts";
import { type NewVersion, insertVersion, replaceVersion } from "./versions.store.ts";

type Db = Kysely<Schema>;

/**
 * Takes the post's row lock until the transaction ends; every change of a post begins with it, so that
 * edits, approvals and hand-overs of one post happen one after the other. False: no such post.
 */
export async function lockPost(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom("posts")
    .select("id")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Locks those of the posts that nobody else has locked; their ids. Waits for nobody. */
export async function lockIdlePosts(db: Db, workspaceId: string, ids: string[]): Promise<string[]> {
  const rows = await db
    .selectFrom("posts")
    .select("id")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(({ id }) => id);
}

export async function insertPost(
  db: Db,
  workspaceId: string,
  id: string,
  version: NewVersion,
  sources: Source[],
  kind: "post" | "template" = "post",
): Promise<void> {
  await db
    .insertInto("posts")
    .values({
      workspace_id: workspaceId,
      id,
      kind,
      version: version.number,
      ...listed(version),
      sources: JSON.stringify(sources),
      created_by: version.createdBy,
      author_kind: version.authorKind,
      created_at: version.at,
      updated_at: version.at,
    })
    .execute();
  await insertVersion(db, workspaceId, id, version);
}

/** Inserts a draft with all versions of a post, and returns its title; null where the post was removed. */
export async function insertCopy(
  db: Db,
  workspaceId: string,
  postId: string,
  copy: { id: string; by: string; at: Date },
): Promise<string | null> {
  const { rows } = await sql<{ title: string }>`
    insert into posts (workspace_id, id, version, title, content_hash, excerpt, channel_ids, sources,
      created_by, author_kind, created_at, updated_at)
    select workspace_id, ${copy.id}, version, title, content_hash, excerpt, channel_ids, sources,
      ${copy.by}, author_kind, ${copy.at}, ${copy.at}
    from posts where workspace_id = ${workspaceId} and id = ${postId} and deleted_at is null
    returning title`.execute(db);
  const [copied] = rows;
  if (!copied) return null;
  // In their order, since what is found by its text is that of the last one. Only one post is what a run proposed.
  await sql`
    insert into post_versions (workspace_id, post_id, number, title, variants, content_hash, media_ids,
      created_by, author_kind, created_at)
    select workspace_id, ${copy.id}, number, title, variants, content_hash, media_ids,
      created_by, author_kind, created_at
    from post_versions where workspace_id = ${workspaceId} and post_id = ${postId}
    order by number`.execute(db);
  return copied.title;
}

/**
 * Makes `version` the newest; the post must be locked. With `replaces`, that version is no longer part of
 * the history; numbers grow all the same, because editors name the one they started from.
 */
export async function addVersion(
  db: Db,
  workspaceId: string,
  postId: string,
  version: NewVersion,
  replaces: number | null = null,
): Promise<void> {
  if (replaces === null) await insertVersion(db, workspaceId, postId, version);
  else await replaceVersion(db, workspaceId, postId, version, replaces);
  await updatePost(db, workspaceId, postId, {
    version: version.number,
    ...listed(version),
    updated_at: version.at,
  });
}

/** What a list shows of a version, kept on the post. */
function listed(version: NewVersion) {
  const text = version.variants[0]?.content.parts[0] ?? "";
  return {
    title: version.title,
    content_hash: version.contentHash,
    // By characters, so that no emoji is cut in half.
    excerpt: Array.from(text.slice(0, 600)).slice(0, 240).join(""),
    channel_ids: version.variants.map(({ channelId }) => channelId),
  };
}

type PostChange = {
  status?: PostStatus;
  title?: string;
  version?: number;
  content_hash?: string;
  excerpt?: string;
  channel_ids?: string[];
  deleted_at?: Date | null;
  updated_at: Date;
};

/** Writes columns of a locked post. */
export async function updatePost(db: Db, workspaceId: string, id: string, change: PostChange): Promise<void> {
  await db
    .updateTable("posts")
    .set(change)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .execute();
}

/** Writes or, with null, clears the time of a locked post. */
export async function setSchedule(
  db: Db,
  workspaceId: string,
  id: string,
  schedule: Schedule | null,
  now: Date,
): Promise<void> {
  await db
    .updateTable("posts")
    .set({
      scheduled_wall: schedule?.wall ?? null,
      scheduled_zone: schedule?.zone ?? null,
      scheduled_rule: schedule?.rule ?? null,
      scheduled_at: schedule?.at ?? null,
      updated_at: now,
    })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .execute();
}
