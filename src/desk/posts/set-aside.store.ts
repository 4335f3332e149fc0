import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { Variant } from "../model/post.ts";
import { mediaIdsOf, type NewVersion } from "../model/versions.store.ts";

type Db = Kysely<Schema>;

/** What somebody wrote on top of a version that was no longer the newest, and did not go on with. */
export type SetAside = {
  id: string;
  baseVersion: number;
  title: string;
  variants: Variant[];
  author: { name: string | null; kind: "person" };
  createdAt: Date;
};

/** As many as a history shows. */
const shown = 100;

export async function insertSetAside(
  db: Db,
  workspaceId: string,
  postId: string,
  text: NewVersion & { id: string },
): Promise<void> {
  await db
    .insertInto("texts_set_aside")
    .values({
      workspace_id: workspaceId,
      id: text.id,
      post_id: postId,
      base_version: text.number,
      title: text.title,
      variants: JSON.stringify(text.variants),
      media_ids: mediaIdsOf(text),
      created_by: text.createdBy,
      created_at: text.at,
    })
    .execute();
}

export async function postExists(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom("posts")
    .select("id")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function selectSetAside(db: Db, workspaceId: string, postId: string): Promise<SetAside[]> {
  const rows = await db
    .selectFrom("texts_set_aside as t")
    .leftJoin("users as u", "u.id", "t.created_by")
    .select(["t.id", "t.base_version", "t.title", "t.variants", "t.created_at", "u.name"])
    .where("t.workspace_id", "=", workspaceId)
    .where("t.post_id", "=", postId)
    .orderBy("t.id", "desc")
    .limit(shown)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    baseVersion: row.base_version,
    title: row.title,
    // Written by this module and checked on the way in.
    variants: row.variants as Variant[],
    author: { name: row.name, kind: "person" },
    createdAt: row.created_at,
  }));
}
