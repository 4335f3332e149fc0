import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import { claimedColumns } from "../model/claimed.store.ts";
import type { Claimed } from "../model/claimed.ts";
import { isCurrent, thisMoment } from "../model/due.store.ts";

/** Of the attempt that was taken for absent: `item`, `number`. */
export type LaterLook = Claimed & {
  item: number;
  number: number;
  /** 1: soon after it was sent again. 2: a day later. */
  turn: number;
  /** This one included; also the fence of what is written. */
  looksTried: number;
  /** When the last list was asked for that showed no second copy, as ISO text. */
  missedAt: string | null;
};

export type LookOutcome = "none" | "uncovered" | "found" | "given_up" | "unsupported";

/**
 * Takes later looks that are due. None in a quarantine, nor by a process that knows the database to have forgotten
 * something: there, what Galley owns is not all that it has sent.
 */
export async function claimLaterLooks(
  db: Kysely<Schema>,
  { limit, leaseMs, lastEpoch }: { limit: number; leaseMs: number; lastEpoch: number },
): Promise<LaterLook[]> {
  const { rows } = await sql<LaterLook>`
    with due as (
      select delivery_id, item, number, turn from delivery_later_looks
      where done_at is null and due_at <= ${thisMoment}
        and (lease_until is null or lease_until <= clock_timestamp()) and ${isCurrent(lastEpoch)}
      order by due_at
      limit ${limit}
      for update skip locked),
    taken as (
      update delivery_later_looks l
      set tries = l.tries + 1, lease_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
      from due
      where (l.delivery_id, l.item, l.number, l.turn) = (due.delivery_id, due.item, due.number, due.turn)
      returning l.*)
    select ${claimedColumns}, t.item, t.number, t.turn, t.tries as "looksTried", (
        select max(looked_at) from delivery_later_looks l
        where (l.delivery_id, l.item, l.number) = (t.delivery_id, t.item, t.number)) as "missedAt"
    from taken t join deliveries d on d.workspace_id = t.workspace_id and d.id = t.delivery_id`.execute(db);
  return rows;
}

const isHeld = ({ id, item, number, turn, looksTried }: LaterLook) => sql<boolean>`
  delivery_id = ${id} and item = ${item} and number = ${number} and turn = ${turn}
  and tries = ${looksTried} and done_at is null`;

/** Keeps others away from a look until the transaction ends. False: it was lost to another process, which looks itself. */
export async function holdLook(transaction: Kysely<Schema>, look: LaterLook): Promise<boolean> {
  const { rows } = await sql`
    select from delivery_later_looks where ${isHeld(look)} for update`.execute(transaction);
  return rows.length > 0;
}

/**
 * What was taken for absent is there, and the item may be about to be sent again. "marked": it waits for that, and is
 * looked for first. "moving": it is on its way just now. Null: neither.
 */
export async function lookBeforeResend(
  transaction: Kysely<Schema>,
  { workspaceId, id, item, number }: LaterLook,
): Promise<"marked" | "moving" | null> {
  const { rows: held } = await sql<{ state: string }>`
    select state from deliveries where workspace_id = ${workspaceId} and id = ${id} for update`.execute(
    transaction,
  );
  const { rows } = await sql<{ isOut: boolean }>`
    select exists (select from delivery_attempts
      where delivery_id = ${id} and item = ${item} and state = 'confirmed') as "isOut"`.execute(transaction);
  const state = held[0]?.state;
  if (rows[0]?.isOut !== false || state === undefined) return null;
  if (state === "claimed" || state === "in_flight") return "moving";
  if (state !== "scheduled" && state !== "needs_reconnect") return null;
  await sql`
    update deliveries d set look_since = least(d.look_since, a.intent_at + least(a.clock_step_ms, 0) * interval '1 millisecond')
    from delivery_attempts a
    where d.workspace_id = ${workspaceId} and d.id = ${id}
      and a.delivery_id = ${id} and a.item = ${item} and a.number = ${number}`.execute(transaction);
  return "marked";
}

/** Ends a look. False: it was lost to another process, which looks itself. */
export async function finishLook(
  db: Kysely<Schema>,
  look: LaterLook,
  outcome: LookOutcome,
): Promise<boolean> {
  const missed = outcome === "none";
  const { numAffectedRows } = await sql`
    update delivery_later_looks set done_at = clock_timestamp(), outcome = ${outcome}, lease_until = null,
      looked_at = case when ${missed}::boolean then ${look.claimedAt}::timestamptz else looked_at end
    where ${isHeld(look)}`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

/** Makes a look due again after `waitMs`. False: it was lost to another process. */
export async function putOffLook(db: Kysely<Schema>, look: LaterLook, waitMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update delivery_later_looks set lease_until = null,
      due_at = clock_timestamp() + ${waitMs}::float8 * interval '1 millisecond'
    where ${isHeld(look)}`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

export type NewCopy = { id: string; externalId: string; url: string | null; createdAt: Date };

/**
 * Writes second copies down, in one transaction with the end of their look, and returns the ids of those that are
 * new. Left out is what an attempt of the account owns by now, or may come to own: an equal post may be what another
 * lost answer was about.
 */
export async function insertCopies(
  transaction: Kysely<Schema>,
  { workspaceId, id, channelId, item }: LaterLook,
  copies: readonly NewCopy[],
  skewMs: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into delivery_second_copies
      (workspace_id, id, delivery_id, item, channel_id, external_id, external_url, external_created_at)
    select ${workspaceId}, c.id, ${id}, ${item}::integer, ${channelId}, c."externalId", c.url, c."createdAt"
    from jsonb_to_recordset(${JSON.stringify(copies)}::jsonb)
      as c (id uuid, "externalId" text, url text, "createdAt" timestamptz)
    where not exists (
      select from channels mine
      join delivery_attempts a on a.external_id = c."externalId"
        and a.account_id = mine.account_id and a.connector = mine.connector and a.duplicate_of is null
      where mine.workspace_id = ${workspaceId} and mine.id = ${channelId})
    and not exists (
      select from channels mine
      join channels same on same.connector = mine.connector and same.account_id = mine.account_id
      join delivery_attempts a on a.workspace_id = same.workspace_id and a.channel_id = same.id
        and a.state in ('open', 'ambiguous')
        and a.intent_at <= c."createdAt" + ${skewMs}::float8 * interval '1 millisecond'
      where mine.workspace_id = ${workspaceId} and mine.id = ${channelId})
    on conflict do nothing
    returning id`.execute(transaction);
  return rows.map((row) => row.id);
}

/** The post whose copy it is, for the first of these; null where the copy is not in this workspace. */
export async function acknowledgeCopy(
  transaction: Kysely<Schema>,
  workspaceId: string,
  copyId: string,
  userId: string,
): Promise<{ deliveryId: string; url: string | null; isFirst: boolean } | null> {
  const { rows } = await sql<{ deliveryId: string; url: string | null; isFirst: boolean }>`
    with before as (
      select workspace_id, id, acknowledged_at from delivery_second_copies
      where workspace_id = ${workspaceId} and id = ${copyId} for update)
    update delivery_second_copies s
    set acknowledged_at = coalesce(s.acknowledged_at, clock_timestamp()),
      acknowledged_by = case when s.acknowledged_at is null then ${userId}::uuid else s.acknowledged_by end
    from before b where s.workspace_id = b.workspace_id and s.id = b.id
    returning s.delivery_id as "deliveryId", s.external_url as url, b.acknowledged_at is null as "isFirst"`.execute(
    transaction,
  );
  return rows[0] ?? null;
}
