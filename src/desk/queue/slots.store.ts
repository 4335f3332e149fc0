import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { PostStatus } from "../model/post.ts";

type Db = Kysely<Schema>;

export type Slot = {
  id: string;
  channelId: string;
  /** ISO 8601: Monday is 1. */
  weekday: number;
  /** "09:00" */
  time: string;
  /** Null: the workspace's. */
  zone: string | null;
};

/** The slots of some channels; of all where `channelIds` is null. */
export async function slotsOf(db: Db, workspaceId: string, channelIds: string[] | null): Promise<Slot[]> {
  const rows = await db
    .selectFrom("queue_slots")
    .select(["id", "channel_id", "weekday", "wall", "zone"])
    .where("workspace_id", "=", workspaceId)
    .$if(channelIds !== null, (query) =>
      query.where("channel_id", "=", sql<string>`any(${channelIds}::uuid[])`),
    )
    .orderBy("weekday")
    .orderBy("wall")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    channelId: row.channel_id,
    weekday: row.weekday,
    time: row.wall,
    zone: row.zone,
  }));
}

export async function countSlots(db: Db, workspaceId: string): Promise<number> {
  const row = await db
    .selectFrom("queue_slots")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspace_id", "=", workspaceId)
    .executeTakeFirst();
  return row?.count ?? 0;
}

/** Throws a unique violation where the channel has a slot at this time already. */
export async function insertSlot(
  db: Db,
  workspaceId: string,
  slot: Slot,
  made: { by: string; at: Date },
): Promise<void> {
  await db
    .insertInto("queue_slots")
    .values({
      workspace_id: workspaceId,
      id: slot.id,
      channel_id: slot.channelId,
      weekday: slot.weekday,
      wall: slot.time,
      zone: slot.zone,
      created_by: made.by,
      created_at: made.at,
    })
    .execute();
}

export async function updateSlot(
  db: Db,
  workspaceId: string,
  id: string,
  slot: Pick<Slot, "weekday" | "time" | "zone">,
): Promise<boolean> {
  const result = await db
    .updateTable("queue_slots")
    .set({ weekday: slot.weekday, wall: slot.time, zone: slot.zone })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function deleteSlot(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom("queue_slots")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Whoever looks for a free slot or takes one waits for the others of the workspace. */
export async function lockQueue(db: Db, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`queue ${workspaceId}`}, 0))`.execute(db);
}

export type PostInSlot = {
  channelId: string;
  at: Date;
  postId: string;
  title: string;
  status: PostStatus;
  /** It was put there by the queue, not by hand. */
  queued: boolean;
};

/** Which posts hold a moment between two instants on these channels, whoever chose it and however. */
export async function postsInSlot(
  db: Db,
  workspaceId: string,
  channelIds: string[],
  span: { from: Date; to: Date },
): Promise<PostInSlot[]> {
  const { rows } = await sql<PostInSlot>`
    select channel_id as "channelId", p.scheduled_at as at, p.id as "postId", p.title, p.status,
      exists (select from queue_entries q where q.post_id = p.id and q.slot_at = p.scheduled_at) as queued
    from posts p cross join lateral unnest(p.channel_ids) as channel_id
    where p.workspace_id = ${workspaceId} and p.deleted_at is null and p.kind = 'post'
      and p.status <> 'cancelled' and p.scheduled_at >= ${span.from} and p.scheduled_at < ${span.to}
      and channel_id = any(${channelIds}::uuid[])
    order by p.scheduled_at, p.id`.execute(db);
  return rows;
}

/** Takes a moment on each channel for a post. Throws a unique violation where another post has it. */
export async function takeSlot(
  db: Db,
  workspaceId: string,
  entry: { postId: string; channelIds: string[]; at: Date; now: Date },
): Promise<void> {
  await db
    .insertInto("queue_entries")
    .values(
      entry.channelIds.map((channelId) => ({
        workspace_id: workspaceId,
        channel_id: channelId,
        slot_at: entry.at,
        post_id: entry.postId,
        created_at: entry.now,
      })),
    )
    .execute();
}

/** The post next to this one in the queue of any of its channels. */
export async function nearestPost(
  db: Db,
  workspaceId: string,
  postId: string,
  direction: "earlier" | "later",
  now: Date,
): Promise<string | null> {
  const before = direction === "earlier";
  const { rows } = await sql<{ post_id: string }>`
    select o.post_id
    from queue_entries mine
    join queue_entries o on o.workspace_id = mine.workspace_id and o.channel_id = mine.channel_id
    where mine.workspace_id = ${workspaceId} and mine.post_id = ${postId} and o.post_id <> mine.post_id
      and o.slot_at > ${now}
      and case when ${before}::boolean then o.slot_at < mine.slot_at else o.slot_at > mine.slot_at end
    order by abs(extract(epoch from o.slot_at - mine.slot_at))
    limit 1`.execute(db);
  return rows[0]?.post_id ?? null;
}

/** The time zone of the workspace: that of slots that name none. */
export async function zoneOf(db: Db, workspaceId: string): Promise<string> {
  const row = await db
    .selectFrom("workspaces")
    .select("time_zone")
    .where("id", "=", workspaceId)
    .executeTakeFirst();
  return row?.time_zone ?? "UTC";
}
