import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import { type AppendedEvent, type EventKind, happened, type Happening } from "./declare.ts";

/**
 * Writes what happened. Call it with the transaction that makes the change, and last in it where it waits for locks:
 * so neither stands without the other, and what was caused by it comes after it. Takes no lock.
 */
export async function append<Kind extends EventKind>(
  db: Kysely<Schema>,
  kind: Kind,
  told: Happening<Kind>,
): Promise<void> {
  await appendAll(db, [happened(kind, told)]);
}

/** Writes many in one statement, in the order of the list; make them with `happened`. */
export async function appendAll(db: Kysely<Schema>, events: readonly AppendedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql`select append_events(${JSON.stringify(events)}::jsonb)`.execute(db);
}
