import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { SeriesRow } from "./series.store.ts";

type Db = Kysely<Schema>;

export type Occurrence = {
  date: string;
  postId: string | null;
  follows: boolean;
  reason: string | null;
};

/** Takes a date for this caller; false where it is taken. `postId` null: its moment has passed. */
export async function takeDate(
  db: Db,
  series: SeriesRow,
  occurrence: { date: string; postId: string | null; reason: string | null; now: Date },
): Promise<boolean> {
  const taken = await db
    .insertInto("series_occurrences")
    .values({
      workspace_id: series.workspaceId,
      series_id: series.id,
      local_date: occurrence.date,
      post_id: occurrence.postId,
      reason: occurrence.reason,
      created_at: occurrence.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("series_id")
    .executeTakeFirst();
  return taken !== undefined;
}

export async function setReason(
  db: Db,
  series: SeriesRow,
  date: string,
  reason: string | null,
): Promise<void> {
  await db
    .updateTable("series_occurrences")
    .set({ reason })
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("local_date", "=", date)
    .execute();
}

/** The dates from `from` on that are taken, in order. */
export async function occurrencesFrom(db: Db, series: SeriesRow, from: string): Promise<Occurrence[]> {
  const rows = await db
    .selectFrom("series_occurrences")
    .select(["local_date", "post_id", "follows", "reason"])
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("local_date", ">=", from)
    .orderBy("local_date")
    .execute();
  return rows.map((row) => ({
    date: row.local_date,
    postId: row.post_id,
    follows: row.follows,
    reason: row.reason,
  }));
}

/** Frees a date again, so that the series may make it anew. */
export async function freeDate(db: Db, series: SeriesRow, postId: string): Promise<void> {
  await db
    .deleteFrom("series_occurrences")
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("post_id", "=", postId)
    .execute();
}

/** From now on this occurrence is a post like any other; what becomes of the series no longer touches it. */
export async function leaveSeries(db: Db, workspaceId: string, postId: string): Promise<void> {
  await db
    .updateTable("series_occurrences")
    .set({ follows: false, reason: null })
    .where("workspace_id", "=", workspaceId)
    .where("post_id", "=", postId)
    .where("follows", "=", true)
    .execute();
}

/** States of a post in which nothing of it may be visible yet. */
const waiting = new Set(["draft", "in_review", "approved", "scheduled"]);

/** Whether a post is there and nothing of it can be visible yet. */
export async function isWaiting(db: Db, workspaceId: string, postId: string): Promise<boolean> {
  const row = await db
    .selectFrom("posts")
    .select("status")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", postId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined && waiting.has(row.status);
}
