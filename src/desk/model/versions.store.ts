import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Variant } from "./post.ts";

type Db = Kysely<Schema>;

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
export async function replaceVersion(
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

export async function insertVersion(
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
