import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import type { EventData } from "./declare.ts";
import type { StoredEvent, Subscriber } from "./subscriber.ts";

type Db = Kysely<Schema>;
type Whose = Pick<Subscriber, "name" | "kinds">;

/** A subscriber that no worker runs as another version declares it is free for this one after so long. */
const takenOverAfter = sql`interval '5 minutes'`;

/** What a subscriber has to handle by now. */
export type Due = { name: string; hasNew: boolean; hasFailed: boolean };

/** Numbers what has become visible in the workspace; those of the subscribers that have something to handle by now. */
export async function dueSubscribers(db: Db, workspaceId: string, names: string[]): Promise<Due[]> {
  const { rows } = await sql<Due>`
    select name, has_new as "hasNew", has_failed as "hasFailed"
    from due_subscribers(${workspaceId}::uuid, ${names}::text[])`.execute(db);
  return rows;
}

/**
 * Says that this worker runs the subscriber; one that is new begins where it says. `isStart`: this version's kinds count
 * from now on. Else they do only where no worker runs another version of it.
 */
export async function registerSubscriber(
  db: Db,
  { name, kinds, begins }: Pick<Subscriber, "name" | "kinds" | "begins">,
  isStart: boolean,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ isNew: boolean }>`
      insert into event_subscribers (name, kinds, since_position)
      values (${name}, ${kinds}::text[],
        ${begins === "start" ? sql`0` : sql`(select coalesce(max(position), 0) from events)`})
      on conflict (name) do update set kinds = excluded.kinds, seen_at = clock_timestamp()
      where ${isStart} or event_subscribers.seen_at < clock_timestamp() - ${takenOverAfter}
        or event_subscribers.kinds is not distinct from excluded.kinds
          and event_subscribers.seen_at < clock_timestamp() - interval '1 minute'
      returning xmax = 0 as "isNew"`.execute(transaction);
    // What was settled for the others is not for this one. Who settles at this moment does not know of it: they are let
    // finish first, and those that come wait and know.
    if (rows[0]?.isNew === true && begins === "start") {
      await sql`select pg_advisory_xact_lock(hashtextextended('galley.event_subscribers', 0))`.execute(
        transaction,
      );
      await sql`update event_heads set settled_sequence = 0 where settled_sequence > 0`.execute(transaction);
    }
  });
}

/** What a subscriber is handed: how far it is, the next events for it, and up to where it has handled all with them. */
export type Batch = { handled: number; events: StoredEvent[]; end: number };

/**
 * Locks how far the subscriber is and reads what is next; null where another worker has it, or a worker of another
 * version runs it. The transaction need not wait until its commit is kept: what a crash forgets of it, it forgets
 * together with how far the subscriber was, and a job that it enqueued is taken by a commit that comes later and is kept.
 */
export async function takeBatch(
  db: Db,
  { name, kinds }: Whose,
  { workspaceId, limit }: { workspaceId: string; limit: number },
): Promise<Batch | null> {
  const wanted = kinds === null ? sql`e.audited` : sql`e.kind = any(${kinds}::text[])`;
  const { rows } = await sql<{ handled: number; head: number } & (EventRow | { sequence: null })>`
    with cursor as materialized (
      select c.handled_sequence as handled, h.sequence as head, set_config('synchronous_commit', 'off', true)
      from event_cursors c
      join event_subscribers s on s.name = c.subscriber and s.kinds is not distinct from ${kinds}::text[]
      join event_heads h on h.workspace_id = c.workspace_id
      where c.workspace_id = ${workspaceId} and c.subscriber = ${name}
        and (c.next_at is null or c.next_at <= clock_timestamp())
      for update of c skip locked)
    select cursor.handled, cursor.head, e.*
    from cursor left join lateral (
      select ${columns} from events e
      where e.workspace_id = ${workspaceId} and e.sequence > cursor.handled and e.sequence <= cursor.head and ${wanted}
      order by e.sequence
      limit ${limit}) e on true`.execute(db);
  const [first] = rows;
  if (!first) return null;
  const { handled, head } = first;
  const events = rows.flatMap((row) => (row.sequence === null ? [] : [eventOf(row)]));
  // The head may have been read before a cursor that another worker has moved since.
  const end = events.length < limit ? Math.max(head, handled) : (events.at(-1)?.sequence ?? handled);
  return { handled, events, end };
}

export async function moveCursor(
  db: Db,
  name: string,
  { workspaceId, end }: { workspaceId: string; end: number },
): Promise<void> {
  await sql`
    update event_cursors set handled_sequence = ${end}, tries = 0, next_at = null, error = null
    where workspace_id = ${workspaceId} and subscriber = ${name}`.execute(db);
}

export type Failure = { workspaceId: string; sequence: number; error: string };

/** A second, then twice as long each time, at most an hour. */
function pauseAfter(tries: ReturnType<typeof sql>) {
  return sql`least(3600, power(2, least(${tries}, 12))) * interval '1 second'`;
}

export type Tried = { tries: number; nextAt: Date };

/** The event and those behind it wait. Null where the subscriber has got on meanwhile. */
export async function holdCursor(
  db: Db,
  name: string,
  { workspaceId, error, handled }: Omit<Failure, "sequence"> & { handled: number },
): Promise<Tried | null> {
  const { rows } = await sql<Tried>`
    update event_cursors
    set tries = tries + 1, error = ${error}, next_at = clock_timestamp() + ${pauseAfter(sql`tries`)}
    where workspace_id = ${workspaceId} and subscriber = ${name} and handled_sequence = ${handled}
    returning tries, next_at as "nextAt"`.execute(db);
  return rows[0] ?? null;
}

/** Puts the event aside, and the subscriber goes on behind it. Null where it has got on meanwhile. */
export async function putAside(
  db: Db,
  name: string,
  { workspaceId, sequence, error, handled }: Failure & { handled: number },
): Promise<Tried | null> {
  const { rows } = await sql<Tried>`
    with moved as (
      update event_cursors set handled_sequence = ${sequence}
      where workspace_id = ${workspaceId} and subscriber = ${name} and handled_sequence = ${handled}
      returning subscriber, workspace_id)
    insert into event_failures (subscriber, workspace_id, sequence, next_at, error)
    select subscriber, workspace_id, ${sequence}, clock_timestamp() + ${pauseAfter(sql`0`)}, ${error} from moved
    returning tries, next_at as "nextAt"`.execute(db);
  return rows[0] ?? null;
}

/** Locks the first event that was put aside and is due; null where none is, or other workers have them. */
export async function lockFailure(
  db: Db,
  { name, kinds }: Whose,
  workspaceId: string,
): Promise<StoredEvent | null> {
  const { rows } = await sql<EventRow>`
    select ${columns} from event_failures f
    join event_subscribers s on s.name = f.subscriber and s.kinds is not distinct from ${kinds}::text[]
    join events e on e.workspace_id = f.workspace_id and e.sequence = f.sequence
    where f.workspace_id = ${workspaceId} and f.subscriber = ${name} and f.next_at <= clock_timestamp()
    order by f.sequence
    limit 1
    for update of f skip locked`.execute(db);
  return rows[0] ? eventOf(rows[0]) : null;
}

export async function deleteFailure(
  db: Db,
  name: string,
  { workspaceId, sequence }: Omit<Failure, "error">,
): Promise<void> {
  await sql`
    delete from event_failures
    where workspace_id = ${workspaceId} and subscriber = ${name} and sequence = ${sequence}`.execute(db);
}

export async function postponeFailure(
  db: Db,
  name: string,
  { workspaceId, sequence, error }: Failure,
): Promise<Tried | null> {
  const { rows } = await sql<Tried>`
    update event_failures
    set tries = tries + 1, error = ${error}, next_at = clock_timestamp() + ${pauseAfter(sql`tries`)}
    where workspace_id = ${workspaceId} and subscriber = ${name} and sequence = ${sequence}
    returning tries, next_at as "nextAt"`.execute(db);
  return rows[0] ?? null;
}

/** Workspaces in which something may wait that nobody was woken for. */
export async function unsettledWorkspaces(db: Db, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select workspace_id as id from event_heads where settled_sequence < sequence
    union select workspace_id from events where sequence is null
    union select workspace_id from event_failures where next_at <= clock_timestamp()
    limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Deletes what is older and what every subscriber has handled; how many, at most `limit`. */
export async function deleteOldEvents(
  db: Db,
  { keepMs, limit }: { keepMs: number; limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from events where position in (
      select e.position from events e
      join event_heads h on h.workspace_id = e.workspace_id and e.sequence <= h.settled_sequence
      where e.at < clock_timestamp() - ${keepMs} * interval '1 millisecond'
        and not exists (
          select from event_failures f where f.workspace_id = e.workspace_id and f.sequence = e.sequence)
      limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Forgets subscribers that no worker has run for so long; their names. */
export async function deleteUnseenSubscribers(db: Db, unseenMs: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    delete from event_subscribers where seen_at < clock_timestamp() - ${unseenMs} * interval '1 millisecond'
    returning name`.execute(db);
  return rows.map(({ name }) => name);
}

const columns = sql`e.id, e.workspace_id as "workspaceId", e.sequence, e.kind, e.actor_kind as "actorKind",
  e.actor_id as "actorId", e.target_kind as "targetKind", e.target_id as "targetId", e.data,
  e.request_id as "requestId", e.at`;

type EventRow = {
  id: string;
  workspaceId: string;
  sequence: number;
  kind: string;
  actorKind: string;
  actorId: string | null;
  targetKind: string | null;
  targetId: string | null;
  data: EventData;
  requestId: string | null;
  at: Date;
};

function eventOf(row: EventRow): StoredEvent {
  const { id, workspaceId, sequence, kind, data, requestId, at, targetKind, targetId } = row;
  return {
    id,
    workspaceId,
    sequence,
    kind,
    data,
    requestId,
    at,
    actor: { kind: row.actorKind, userId: row.actorId },
    target: targetKind === null || targetId === null ? null : { kind: targetKind, id: targetId },
  };
}
