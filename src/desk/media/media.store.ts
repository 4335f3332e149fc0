import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Media } from "../model/post.ts";

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

/** The title of a post any version of which, or a text set aside on it, shows the image; null when none does. */
export async function postUsing(db: Db, workspaceId: string, mediaId: string): Promise<string | null> {
  const shows = sql<boolean>`media_ids @> array[${mediaId}]::uuid[]`;
  const row = await db
    .selectFrom("post_versions")
    .select("title")
    .where("workspace_id", "=", workspaceId)
    .where(shows)
    .unionAll(
      db.selectFrom("texts_set_aside").select("title").where("workspace_id", "=", workspaceId).where(shows),
    )
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

/** The bytes of a smaller picture; null where none was made yet. */
export async function renditionOf(
  db: Db,
  workspaceId: string,
  sha256: string,
  width: number,
): Promise<{ sha256: string; mimeType: string } | null> {
  const row = await db
    .selectFrom("media_renditions")
    .select(["rendition_sha256", "mime_type"])
    .where("workspace_id", "=", workspaceId)
    .where("sha256", "=", sha256)
    .where("width", "=", width)
    .executeTakeFirst();
  return row ? { sha256: row.rendition_sha256, mimeType: row.mime_type } : null;
}

export async function keepRendition(
  db: Db,
  workspaceId: string,
  made: { sha256: string; width: number; rendition: string; mimeType: string },
): Promise<void> {
  const bytes = { rendition_sha256: made.rendition, mime_type: made.mimeType };
  await db
    .insertInto("media_renditions")
    .values({ workspace_id: workspaceId, sha256: made.sha256, width: made.width, ...bytes })
    .onConflict((one) => one.columns(["workspace_id", "sha256", "width"]).doUpdateSet(bytes))
    .execute();
}

/** Forgets which smaller pictures an image has; their bytes. */
export async function dropRenditions(db: Db, workspaceId: string, sha256: string): Promise<string[]> {
  const rows = await db
    .deleteFrom("media_renditions")
    .where("workspace_id", "=", workspaceId)
    .where("sha256", "=", sha256)
    .returning("rendition_sha256")
    .execute();
  return [...new Set(rows.map((row) => row.rendition_sha256))].filter((hash) => hash !== sha256);
}

/** Whether an upload or a smaller picture of one has these bytes. */
export async function usesBytes(db: Db, workspaceId: string, sha256: string): Promise<boolean> {
  if ((await typeOfBytes(db, workspaceId, sha256)) !== null) return true;
  const row = await db
    .selectFrom("media_renditions")
    .select("width")
    .where("workspace_id", "=", workspaceId)
    .where("rendition_sha256", "=", sha256)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
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
