import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Media } from "./post.ts";

type Db = Kysely<Schema>;

const columns = [
  "id",
  "sha256",
  "mime_type",
  "bytes",
  "width",
  "height",
  "duration_ms",
  "pages",
  "file_name",
  "alt_text",
  "created_at",
] as const;

export async function mediaByIds(db: Db, workspaceId: string, ids: string[]): Promise<Map<string, Media>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("media")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, mediaOfRow(row)]));
}

/** Reads images and keeps them from being deleted until the transaction ends. */
export async function holdMedia(db: Db, workspaceId: string, ids: string[]): Promise<Map<string, Media>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("media")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .orderBy("id")
    .forKeyShare()
    .execute();
  return new Map(rows.map((row) => [row.id, mediaOfRow(row)]));
}

export async function insertMedia(
  db: Db,
  workspaceId: string,
  media: Media,
  createdBy: string,
): Promise<void> {
  await db
    .insertInto("media")
    .values({
      workspace_id: workspaceId,
      id: media.mediaId,
      sha256: media.sha256,
      mime_type: media.mimeType,
      bytes: media.bytes,
      width: media.width,
      height: media.height,
      duration_ms: media.durationMs,
      pages: media.pages,
      file_name: media.fileName,
      alt_text: media.altText,
      created_by: createdBy,
      created_at: media.createdAt,
    })
    .execute();
}

/** Images, newest first, below the cursor's id. */
export async function listMedia(
  db: Db,
  workspaceId: string,
  page: { before: string | null; limit: number },
): Promise<Media[]> {
  const rows = await db
    .selectFrom("media")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .$if(page.before !== null, (query) => query.where("id", "<", page.before))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
  return rows.map(mediaOfRow);
}

export async function updateAltText(
  db: Db,
  workspaceId: string,
  id: string,
  altText: string,
): Promise<Media | null> {
  const row = await db
    .updateTable("media")
    .set({ alt_text: altText })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .returning(columns)
    .executeTakeFirst();
  return row ? mediaOfRow(row) : null;
}

/** Locks an image so that no version can begin to use it; null where there is none. */
export async function lockMedia(db: Db, workspaceId: string, id: string): Promise<Media | null> {
  const row = await db
    .selectFrom("media")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row ? mediaOfRow(row) : null;
}

/** The title of a post any version of which shows the image; null when none does. */
export async function postUsing(db: Db, workspaceId: string, mediaId: string): Promise<string | null> {
  const row = await db
    .selectFrom("post_versions")
    .select("title")
    .where("workspace_id", "=", workspaceId)
    .where(sql<boolean>`media_ids @> array[${mediaId}]::uuid[]`)
    .limit(1)
    .executeTakeFirst();
  return row?.title ?? null;
}

export async function deleteMedia(db: Db, workspaceId: string, id: string): Promise<void> {
  await db.deleteFrom("media").where("workspace_id", "=", workspaceId).where("id", "=", id).execute();
}

/** Makes whoever stores or forgets the same bytes wait until this transaction ends. */
export async function lockBytes(db: Db, workspaceId: string, sha256: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`media ${workspaceId} ${sha256}`}, 0))`.execute(
    db,
  );
}

/** The type under which bytes are served; null when no image of the workspace has them. */
export async function typeOfBytes(db: Db, workspaceId: string, sha256: string): Promise<string | null> {
  const row = await db
    .selectFrom("media")
    .select("mime_type")
    .where("workspace_id", "=", workspaceId)
    .where("sha256", "=", sha256)
    .limit(1)
    .executeTakeFirst();
  return row?.mime_type ?? null;
}

function mediaOfRow(row: {
  id: string;
  sha256: string;
  mime_type: string;
  bytes: number;
  width: number;
  height: number;
  duration_ms: number | null;
  pages: number | null;
  file_name: string;
  alt_text: string;
  created_at: Date;
}): Media {
  return {
    mediaId: row.id,
    sha256: row.sha256,
    mimeType: row.mime_type,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    durationMs: row.duration_ms,
    pages: row.pages,
    fileName: row.file_name,
    altText: row.alt_text,
    createdAt: row.created_at,
  };
}
