import { type Kysely, sql } from "kysely";
import type { ChannelStatus } from "#channels";
import type { Schema } from "#platform/db";
import { noSuchChannel } from "../model/errors.ts";
import type { Binding, FrozenContent } from "../model/frozen-content.ts";
import type { DeliveryState } from "../model/state.ts";

/** A channel of a workspace. */
export type ChannelRef = { workspaceId: string; channelId: string };

export type NewDeliveries = {
  workspaceId: string;
  postId: string;
  approvalId: string;
  approvedBy: string;
  binding: Binding;
  bindingHash: string;
  dueAt: Date;
  notBefore: Date | null;
  graceSeconds: number;
  rows: {
    id: string;
    channelId: string;
    content: FrozenContent;
    contentHash: string;
    isSlow: boolean;
    targetHash: string | null;
    /** Not sent on this channel, and why; a person may send it there later. */
    skipped: { code: string; message: string } | null;
  }[];
};

/** Inserts one row per variant in one statement; a channel that does not exist is left out of the answer. */
export async function insertDeliveries(db: Kysely<Schema>, order: NewDeliveries): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash,
      approval_id, approved_by, approval_binding, approval_hash, due_at, wake_at, grace_seconds, late_after,
      slow_to_prepare, not_before, target_hash, state, error_code, error_message, finished_at)
    select ${order.workspaceId}, v.id, ${order.postId}, v."channelId", c.connector, v.content, v."contentHash",
      ${order.approvalId}, ${order.approvedBy}, ${JSON.stringify(order.binding)}::jsonb, ${order.bindingHash},
      ${order.dueAt}::timestamptz, ${order.dueAt}::timestamptz, ${order.graceSeconds}::integer,
      greatest(${order.dueAt}::timestamptz, ${order.notBefore}::timestamptz)
        + ${order.graceSeconds}::integer * interval '1 second', v."isSlow", ${order.notBefore}::timestamptz,
      v."targetHash", case when v.skipped is null then 'scheduled' else 'skipped' end,
      v.skipped ->> 'code', v.skipped ->> 'message', case when v.skipped is not null then clock_timestamp() end
    from jsonb_to_recordset(${JSON.stringify(order.rows)}::jsonb)
      as v (id uuid, "channelId" uuid, content jsonb, "contentHash" text, "isSlow" boolean,
        "targetHash" text, skipped jsonb)
    join channels c on c.workspace_id = ${order.workspaceId} and c.id = v."channelId"
    returning id`.execute(db);
  return rows.map((row) => row.id);
}

/** Which deliveries of a post were changed, and which were too late because something may be visible already. */
export type Change = { changed: string[]; tooLate: string[] };

/** Locks the deliveries of a post and splits them into those that can still change and those that cannot. */
async function lockChangeable(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
  changeable: readonly string[],
): Promise<Change> {
  const { rows } = await sql<{ id: string; changeable: boolean }>`
    select d.id, d.state = any(${changeable}::text[]) and not exists (
        select from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id
          and a.state in ('open', 'ambiguous', 'confirmed', 'partly')) as changeable
    from deliveries d
    where d.workspace_id = ${workspaceId} and d.post_id = ${postId} and d.state <> 'cancelled'
    order by d.id
    for update`.execute(db);
  return {
    changed: rows.filter((row) => row.changeable).map((row) => row.id),
    tooLate: rows.filter((row) => !row.changeable).map((row) => row.id),
  };
}

/** States of which nothing has been seen. */
export const cancellable = [
  "scheduled",
  "claimed",
  "rejected",
  "missed",
  "needs_reconnect",
  "skipped",
] as const;
/** Nobody is at work on it. */
export const unclaimed = ["scheduled", "missed", "needs_reconnect", "skipped"] as const;

/** Cancels the deliveries of a post that are in one of these states, and of which nothing is or may be visible. */
export async function cancelDeliveries(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
  states: readonly DeliveryState[],
): Promise<Change> {
  const change = await lockChangeable(db, workspaceId, postId, states);
  await sql`
    update deliveries set state = 'cancelled', fence = fence + 1, lease_until = null,
      finished_at = clock_timestamp(), updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = any(${change.changed}::uuid[])`.execute(db);
  return change;
}

/** Cancels what a post would still send on one channel, and says why on it. What may be out there is told. */
export async function cancelOnChannel(
  db: Kysely<Schema>,
  { workspaceId, postId, channelId }: ChannelRef & { postId: string },
  why: { code: string; message: string },
): Promise<Change> {
  const { rows } = await sql<{ id: string; changeable: boolean }>`
    select d.id, d.state = any(${cancellable}::text[]) and not exists (
        select from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id
          and a.state in ('open', 'ambiguous', 'confirmed', 'partly')) as changeable
    from deliveries d
    where d.workspace_id = ${workspaceId} and d.post_id = ${postId} and d.channel_id = ${channelId}
      and d.state <> 'cancelled'
    order by d.id
    for update`.execute(db);
  const changed = rows.filter((row) => row.changeable).map((row) => row.id);
  await sql`
    update deliveries set state = 'cancelled', fence = fence + 1, lease_until = null,
      error_code = ${why.code}, error_message = ${why.message},
      finished_at = clock_timestamp(), updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = any(${changed}::uuid[])`.execute(db);
  return { changed, tooLate: rows.filter((row) => !row.changeable).map((row) => row.id) };
}

/** Moves the deliveries of a post for which nothing was prepared yet. */
export async function rescheduleDeliveries(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
  dueAt: Date,
): Promise<Change> {
  const change = await lockChangeable(db, workspaceId, postId, ["scheduled"]);
  const { rows } = await sql<{ id: string }>`
    update deliveries set due_at = ${dueAt}::timestamptz, wake_at = ${dueAt}::timestamptz,
      late_after = ${dueAt}::timestamptz + grace_seconds * interval '1 second', updated_at = clock_timestamp(),
      error_code = null, error_message = null
    where workspace_id = ${workspaceId} and id = any(${change.changed}::uuid[]) and plan is null
    returning id`.execute(db);
  const moved = new Set(rows.map((row) => row.id));
  return {
    changed: [...moved],
    tooLate: [...change.tooLate, ...change.changed.filter((id) => !moved.has(id))],
  };
}

/** @throws DeliveryError `delivery.no_channel` */
export async function channelStatus(
  db: Kysely<Schema>,
  { workspaceId, channelId }: ChannelRef,
): Promise<ChannelStatus> {
  const found = db.selectFrom("channels").select("status").where("workspace_id", "=", workspaceId);
  return (await found.where("id", "=", channelId).executeTakeFirstOrThrow(noSuchChannel)).status;
}
