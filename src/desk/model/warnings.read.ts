import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Variant } from "./post.ts";

/** Two posts on one channel within this are shown as being in each other's way. */
export const nearMinutes = 15;
/** How far apart the same text still looks like a repetition; X refuses it outright. */
const sameTextDays = 30;

/** Another post on a channel, with its time or that of its last change. */
export type Found = { channel_id: string; title: string; status: string; at: Date; zone: string };

/** Of each channel the post that goes out nearest to `at`, within `nearMinutes`. */
export async function nearPosts(
  db: Kysely<Schema>,
  workspaceId: string,
  variants: Variant[],
  at: Date,
  postId: string | null,
): Promise<Map<string, Found>> {
  const ids = variants.map(({ channelId }) => channelId);
  const { rows } = await sql<Found>`
    select distinct on (channel_id) channel_id, p.title, p.status, p.scheduled_at as at, w.time_zone as zone
    from posts p
    join workspaces w on w.id = p.workspace_id
    cross join lateral unnest(p.channel_ids) as channel_id
    where p.workspace_id = ${workspaceId} and p.deleted_at is null and p.kind = 'post'
      and p.status not in ('cancelled', 'failed', 'missed')
      and p.scheduled_at between ${at}::timestamptz - ${nearMinutes}::integer * interval '1 minute'
        and ${at}::timestamptz + ${nearMinutes}::integer * interval '1 minute'
      and channel_id = any(${ids}::uuid[]) and p.id is distinct from ${postId}::uuid
    order by channel_id, abs(extract(epoch from p.scheduled_at - ${at}::timestamptz))`.execute(db);
  return new Map(rows.map((row) => [row.channel_id, row]));
}

/** Of each channel the post nearest to `at` that says the same there, within thirty days. */
export async function sameTexts(
  db: Kysely<Schema>,
  workspaceId: string,
  variants: Variant[],
  at: Date,
  postId: string | null,
): Promise<Map<string, Found>> {
  const texts = variants.map(({ channelId, content: { parts, link } }) => ({
    channelId,
    // What PostgreSQL cannot store was never stored either.
    content: { parts: parts.map(storable), link: link === null ? null : storable(link) },
  }));
  const { rows } = await sql<Found>`
    -- Made first: row-level security lets no function decide which rows of a table are looked at, so that comparing
    -- with its result would read every post of the workspace.
    with wanted as materialized (
      select (v ->> 'channelId')::uuid as channel_id, text_fingerprint(v -> 'content') as fingerprint
      from jsonb_array_elements(${JSON.stringify(texts)}::jsonb) v
      -- There are no more; PostgreSQL would expect a hundred.
      limit ${texts.length}
    )
    select distinct on (f.channel_id) f.channel_id, p.title, p.status, w.time_zone as zone,
      coalesce(p.scheduled_at, p.updated_at) as at
    from wanted
    join post_fingerprints f on f.fingerprint = wanted.fingerprint and f.channel_id = wanted.channel_id
      and f.workspace_id = ${workspaceId}
    join posts p on p.workspace_id = f.workspace_id and p.id = f.post_id
    join workspaces w on w.id = p.workspace_id
    where p.deleted_at is null and p.kind = 'post' and p.id is distinct from ${postId}::uuid
      and p.status in ('in_review', 'approved', 'scheduled', 'publishing', 'waiting_for_channel', 'published', 'partly')
      and coalesce(p.scheduled_at, p.updated_at)
        between ${at}::timestamptz - ${sameTextDays}::integer * interval '1 day'
        and ${at}::timestamptz + ${sameTextDays}::integer * interval '1 day'
    order by f.channel_id, abs(extract(epoch from coalesce(p.scheduled_at, p.updated_at) - ${at}::timestamptz))`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.channel_id, row]));
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}
