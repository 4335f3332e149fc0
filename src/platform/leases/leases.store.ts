import { type Expression, type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";

/** One piece of work: `kind` is what a lease is about, such as `agent.run`, `subject` which one. */
export type LeaseKey = { workspaceId: string; kind: string; subject: string };

/** The hold of one worker on a piece of work. A higher fence is a later hold. */
export type Held = LeaseKey & { fence: number };

/** Takes what nobody holds, by the database's clock; null where somebody does. */
export async function takeLease(db: Kysely<Schema>, key: LeaseKey, forMs: number): Promise<Held | null> {
  const { rows } = await sql<{ fence: number }>`
    insert into leases (workspace_id, kind, subject, fence, until)
    values (${key.workspaceId}, ${key.kind}, ${key.subject}, nextval('lease_fences'), ${end(forMs)})
    on conflict (workspace_id, kind, subject) do update set fence = excluded.fence, until = excluded.until
    where leases.until <= clock_timestamp()
    returning fence`.execute(db);
  const [row] = rows;
  return row ? { ...key, fence: row.fence } : null;
}

/** Moves the end of a lease; false where it is somebody else's by now. */
export async function moveLease(db: Kysely<Schema>, held: Held, forMs: number): Promise<boolean> {
  const { numUpdatedRows } = await ofHeld(db, held)
    .set({ until: end(forMs) })
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Until the end of the transaction nobody else can take the lease; false where somebody has. */
export async function guardLease(db: Kysely<Schema>, held: Held): Promise<boolean> {
  const row = await db
    .selectFrom("leases")
    .select("fence")
    .where("workspace_id", "=", held.workspaceId)
    .where("kind", "=", held.kind)
    .where("subject", "=", held.subject)
    .where("fence", "=", held.fence)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** When the last lease of a kind ends that is held in a workspace; null where none is. */
export async function heldUntil(
  db: Kysely<Schema>,
  { workspaceId, kind }: Pick<LeaseKey, "workspaceId" | "kind">,
): Promise<Date | null> {
  const row = await db
    .selectFrom("leases")
    .select((lease) => lease.fn.max("until").as("until"))
    .where("workspace_id", "=", workspaceId)
    .where("kind", "=", kind)
    .where("until", ">", sql<Date>`clock_timestamp()`)
    .executeTakeFirst();
  return row?.until ?? null;
}

/** Whoever holds the lease loses it: it stops, and writes nothing more. */
export async function revokeLease(db: Kysely<Schema>, key: LeaseKey): Promise<void> {
  await ofKey(db, key)
    .set({ fence: sql<number>`nextval('lease_fences')`, until: end(0) })
    .execute();
}

/** For a query about work of all kinds of states: whether somebody holds this lease. */
export function isHeld(key: { workspaceId: Expression<string>; kind: string; subject: Expression<unknown> }) {
  return sql<boolean>`exists (select from leases l
    where l.workspace_id = ${key.workspaceId} and l.kind = ${key.kind} and l.subject = ${key.subject}
      and l.until > clock_timestamp())`;
}

/** Rows of leases that ended long ago. */
export async function deleteEndedLeases(system: Kysely<Schema>, agoMs: number): Promise<void> {
  await system
    .deleteFrom("leases")
    .where("until", "<", sql<Date>`clock_timestamp() - ${agoMs} * interval '1 millisecond'`)
    .execute();
}

function ofHeld(db: Kysely<Schema>, held: Held) {
  return ofKey(db, held).where("fence", "=", held.fence);
}

function ofKey(db: Kysely<Schema>, { workspaceId, kind, subject }: LeaseKey) {
  return db
    .updateTable("leases")
    .where("workspace_id", "=", workspaceId)
    .where("kind", "=", kind)
    .where("subject", "=", subject);
}

function end(forMs: number) {
  return sql<Date>`clock_timestamp() + ${forMs} * interval '1 millisecond'`;
}
