import type { Kysely } from "kysely";
import { sql } from "kysely";
import { accountLimitsOfChannel, appValuesOfChannel } from "#channels";
import type { Schema } from "#platform/db";
import type { TargetChannel } from "./check.ts";
import type { PostStatus, Schedule, Source, Variant } from "./post.ts";

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

export type NewVersion = {
  number: number;
  title: string;
  variants: Variant[];
  contentHash: string;
  authorKind: "person" | "agent";
  createdBy: string | null;
  runId: string | null;
  /** Saved by a program while the person was typing. */
  autosaved: boolean;
  at: Date;
};

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

/** Who wrote a version of a post after the given one. */
export async function authorsOf(
  db: Db,
  workspaceId: string,
  postId: string,
  afterVersion = 0,
): Promise<string[]> {
  const rows = await db
    .selectFrom("post_versions")
    .select("created_by")
    .distinct()
    .where("workspace_id", "=", workspaceId)
    .where("post_id", "=", postId)
    .where("number", ">", afterVersion)
    .execute();
  return rows.flatMap((row) => row.created_by ?? []);
}

/** The post that a run proposed, if it did. */
export async function postOfRun(db: Db, workspaceId: string, runId: string): Promise<string | null> {
  const row = await db
    .selectFrom("post_versions")
    .select("post_id")
    .where("workspace_id", "=", workspaceId)
    .where("run_id", "=", runId)
    .executeTakeFirst();
  return row?.post_id ?? null;
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

/** Keeps a version in the history for good: no later one takes its place. The post must be locked. */
export async function keepVersion(
  db: Db,
  workspaceId: string,
  postId: string,
  number: number,
): Promise<void> {
  await db
    .updateTable("post_versions")
    .set({ autosaved: false })
    .where("workspace_id", "=", workspaceId)
    .where("post_id", "=", postId)
    .where("number", "=", number)
    .execute();
}

/** A version that a program saved since `since`, and that no decision was about. */
export async function isPassing(
  db: Db,
  workspaceId: string,
  postId: string,
  version: { number: number; authorKind: "person" | "agent"; since: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom("post_versions as v")
    .select("v.number")
    .where("v.workspace_id", "=", workspaceId)
    .where("v.post_id", "=", postId)
    .where("v.number", "=", version.number)
    .where("v.author_kind", "=", version.authorKind)
    .where("v.autosaved", "=", true)
    .where("v.created_at", ">", version.since)
    .where(
      sql<boolean>`not exists (select from approvals a
        where a.workspace_id = v.workspace_id and a.post_id = v.post_id and a.version = v.number)
      and not exists (select from series s
        join series_approvals a on a.workspace_id = s.workspace_id and a.series_id = s.id
        where s.workspace_id = v.workspace_id and s.template_id = v.post_id
          and a.template_version = v.number)`,
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** The time of the version stays that of the first autosave, so that a long session leaves several. */
async function replaceVersion(
  db: Db,
  workspaceId: string,
  postId: string,
  version: NewVersion,
  replaces: number,
): Promise<void> {
  await db
    .updateTable("post_versions")
    .set({
      number: version.number,
      title: version.title,
      variants: JSON.stringify(version.variants),
      content_hash: version.contentHash,
      media_ids: mediaIdsOf(version),
      autosaved: version.autosaved,
    })
    .where("workspace_id", "=", workspaceId)
    .where("post_id", "=", postId)
    .where("number", "=", replaces)
    .execute();
}

export function mediaIdsOf(version: NewVersion): string[] {
  return [...new Set(version.variants.flatMap(({ content }) => content.media.map(({ mediaId }) => mediaId)))];
}

async function insertVersion(
  db: Db,
  workspaceId: string,
  postId: string,
  version: NewVersion,
): Promise<void> {
  await db
    .insertInto("post_versions")
    .values({
      workspace_id: workspaceId,
      post_id: postId,
      number: version.number,
      title: version.title,
      variants: JSON.stringify(version.variants),
      content_hash: version.contentHash,
      media_ids: mediaIdsOf(version),
      created_by: version.createdBy,
      author_kind: version.authorKind,
      run_id: version.runId,
      autosaved: version.autosaved,
      created_at: version.at,
    })
    .execute();
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

/** The channels with these ids, or all of the workspace. */
export async function targetChannels(
  db: Db,
  workspaceId: string,
  ids: string[] | "all",
): Promise<Map<string, TargetChannel>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("channels as c")
    .select(["c.id", "c.connector", "c.handle", "c.display_name", "c.status", "c.paused_at", "c.scopes"])
    .select(["c.target_hash", "c.target_words", "c.target_changed_at"])
    .select([appValuesOfChannel.as("appValues"), accountLimitsOfChannel.as("accountLimits")])
    .where("c.workspace_id", "=", workspaceId)
    .$if(ids !== "all", (query) => query.where("c.id", "=", sql<string>`any(${ids}::uuid[])`))
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        connector: row.connector,
        handle: row.handle,
        displayName: row.display_name,
        status: row.status,
        paused: row.paused_at !== null,
        scopes: row.scopes,
        appValues: row.appValues,
        accountLimits: row.accountLimits,
        target: { hash: row.target_hash, words: row.target_words, changedAt: row.target_changed_at },
      },
    ]),
  );
}
