import type { Plan } from "#connectors";
import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";

export type Intent = {
  workspaceId: string;
  deliveryId: string;
  fence: number;
  /** The new attempt. */
  id: string;
  item: number;
  number: number;
  kind: "post" | "reply" | "comment";
  payloadHash: string;
  deadlineMs: number;
  windowMs: number;
  /** Lease beyond the deadline. */
  marginMs: number;
  /** Stored with the first intent; null where the row has one. */
  plan: Plan | null;
  itemHashes: string[] | null;
};

/**
 * Writes intents, each at the fence it names: the attempt, the lease that outlives its deadline and, the
 * first time, the plan, in one durable commit. Returns for each whether it stands; `false` means that the
 * fence has moved and nothing may be sent. The database refuses an intent that breaks an invariant
 * (SQLSTATE GD001 to GD005, see migration 0006), and then the whole batch.
 */
export async function writeIntents(db: Kysely<Schema>, intents: Intent[]): Promise<boolean[]> {
  // Rows are locked in the order of their ids, as everywhere.
  const input = intents.toSorted((left, right) => (left.deliveryId < right.deliveryId ? -1 : 1));
  const { rows } = await sql<{ id: string }>`
    select id from write_intents(${JSON.stringify(input)}::jsonb) as id`.execute(db);
  const written = new Set(rows.map((row) => row.id));
  return intents.map((intent) => written.has(intent.id));
}
