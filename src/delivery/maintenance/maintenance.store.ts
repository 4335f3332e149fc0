import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import { accessIsBack, noAccess } from "../model/codes.ts";
import { dueSince, isDue, thisMoment } from "../model/due.store.ts";
import { appendSettled } from "../model/settled.ts";

type Moved = { workspaceId: string; postId: string };

/** Rows that one pass takes at most; the next pass takes the rest. */
const batch = 500;

/** Due deliveries that are later than their workspace allows: missed, and a person is asked. Never a burst. */
export async function markMissed(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Moved>`
      with late as (
        select d.workspace_id, d.id from deliveries d
        where ${isDue} and d.late_after <= clock_timestamp()
        order by ${dueSince}
        limit ${batch}
        for update skip locked)
      update deliveries d
      set state = 'missed', finished_at = clock_timestamp(), updated_at = clock_timestamp(),
        error_code = case when d.error_code in ('delivery.quota', 'delivery.throttled') then d.error_code
          else 'delivery.late' end,
        error_message = case when d.error_code in ('delivery.quota', 'delivery.throttled')
          then d.error_message || ' Now it is later than the workspace allows. Publish it now or cancel it.'
          else 'It was due earlier than the workspace allows it to be late. Publish it now or cancel it.' end
      from late where d.workspace_id = late.workspace_id and d.id = late.id
      returning d.workspace_id as "workspaceId", d.post_id as "postId"`.execute(transaction);
    await appendSettled(transaction, rows);
    return rows.length;
  });
}

/** Due deliveries whose channel has to be connected again wait for that, visibly. */
export async function holdForReconnect(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Moved>`
      with held as (
        select d.workspace_id, d.id, c.status from deliveries d
        join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
        where ${isDue} and c.status <> 'connected'
        order by ${dueSince}
        limit ${batch}
        for update of d skip locked)
      update deliveries d
      set state = 'needs_reconnect', finished_at = clock_timestamp(), updated_at = clock_timestamp(),
        error_code = 'delivery.' || held.status,
        error_message = case held.status
          when 'disconnected' then 'The channel was disconnected. Connect it again, or cancel the post.'
          else 'The channel has to be connected again.' end
      from held where d.workspace_id = held.workspace_id and d.id = held.id
      returning d.workspace_id as "workspaceId", d.post_id as "postId"`.execute(transaction);
    await appendSettled(transaction, rows);
    return rows.length;
  });
}

/**
 * Deliveries whose channel was connected again go on by themselves while they are not late. The channel's state alone
 * tells, since it changes before theirs: moments may come from several clocks.
 */
export async function resumeReconnected(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Moved>`
      with ready as (
        select d.workspace_id, d.id from deliveries d
        join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
        where d.state = 'needs_reconnect' and d.late_after > clock_timestamp()
          and c.status = 'connected'
        limit ${batch}
        for update of d skip locked)
      update deliveries d
      set state = 'scheduled', fence = d.fence + 1, wake_at = clock_timestamp(), finished_at = null, tries = 0,
        error_code = null, error_message = null, updated_at = clock_timestamp()
      from ready where d.workspace_id = ready.workspace_id and d.id = ready.id
      returning d.workspace_id as "workspaceId", d.post_id as "postId"`.execute(transaction);
    await appendSettled(transaction, rows);
    return rows.length;
  });
}

/**
 * What waited for its channel until it was later than its workspace allows is missed and asks, as all that is late does:
 * it would go out on no new connection.
 */
export async function missAway(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Moved>`
      with late as (
        select d.workspace_id, d.id from deliveries d
        where d.state = 'needs_reconnect' and d.late_after <= ${thisMoment}
        limit ${batch}
        for update skip locked)
      update deliveries d
      set state = 'missed', fence = d.fence + 1, finished_at = clock_timestamp(), updated_at = clock_timestamp(),
        error_code = 'delivery.late',
        error_message = 'The channel was away until it was later than the workspace allows'
          || case when d.error_code in ('delivery.needs_reconnect', 'delivery.disconnected') then ''
            else coalesce(' (' || rtrim(d.error_message, '.') || ')', '') end
          || '. Publish it now, once the channel is connected, or cancel it.'
      from late where d.workspace_id = late.workspace_id and d.id = late.id
      returning d.workspace_id as "workspaceId", d.post_id as "postId"`.execute(transaction);
    await appendSettled(transaction, rows);
    return rows.length;
  });
}

/**
 * What could not be read back without an access is looked for as soon as the channel is connected again, also where a
 * person is asked by now for that reason alone.
 */
export async function resumeLooks(db: Kysely<Schema>): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Moved>`
      with ready as (
        select d.workspace_id, d.id from deliveries d
        join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
        where d.error_code = ${noAccess} and d.state in ('ambiguous', 'needs_human') and c.status = 'connected'
        limit ${batch}
        for update of d skip locked)
      update deliveries d
      set state = 'ambiguous', fence = d.fence + 1, wake_at = clock_timestamp(), finished_at = null,
        error_code = ${accessIsBack}, error_message = 'The channel is connected again; Galley reads the platform back.',
        updated_at = clock_timestamp()
      from ready where d.workspace_id = ready.workspace_id and d.id = ready.id
      returning d.workspace_id as "workspaceId", d.post_id as "postId"`.execute(transaction);
    await appendSettled(transaction, rows);
    return rows.length;
  });
}

/**
 * Due deliveries of an account that the platform has put off wait for the end of it, visibly, and then go one
 * after the other.
 */
export async function waitForHolds(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with held as (
      select d.workspace_id, d.id, d.due_at, c.account_id, c.connector, h.until
      from delivery_holds h
      join channels c on c.connector = h.connector and h.account_id = c.account_id
      join deliveries d on d.workspace_id = c.workspace_id and d.channel_id = c.id
      where h.until > clock_timestamp() and ${isDue} and d.late_after > clock_timestamp()
      order by d.due_at
      limit ${batch}
      for update of d skip locked),
    line as (
      select held.*, row_number() over (partition by connector, account_id order by due_at, id) as place from held)
    update deliveries d
    set wake_at = least(line.until + line.place * interval '1 second', d.late_after), updated_at = clock_timestamp(),
      error_code = 'delivery.throttled',
      error_message = 'The platform takes no more posts of this account for now; this post waits until it does.'
    from line where d.workspace_id = line.workspace_id and d.id = line.id
    returning d.id`.execute(db);
  await sql`delete from delivery_holds where until < clock_timestamp() - interval '1 day'`.execute(db);
  return rows.length;
}
