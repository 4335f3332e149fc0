import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Intent } from "../model/intent.ts";

/** `standing`: for each intent whether it stands. `reached`: how far the database's log has come; null where none does. */
export type Written = { standing: boolean[]; reached: number | null };

/**
 * Writes intents, each at the fence it names: the attempt, the lease that outlives its deadline and, the
 * first time, the plan, in one durable commit. One that does not stand has lost its fence, and nothing of it may be
 * sent. The database refuses an intent that breaks an invariant (SQLSTATE GD001 to GD007, see migrations 0010, 0036 and
 * 0056), or all of them where its history is not the one that is known (GD008), and then the whole batch.
 *
 * @param seen how far this process has seen the log come, in bytes
 */
export async function writeIntents(db: Kysely<Schema>, intents: Intent[], seen = 0): Promise<Written> {
  // Rows are locked in the order of their ids, as everywhere.
  const input = intents.toSorted((left, right) => (left.deliveryId < right.deliveryId ? -1 : 1));
  const { rows } = await sql<{ attempt: string; reached: number | null }>`
    select attempt, reached from write_intents(${JSON.stringify(input)}::jsonb, ${seen}::bigint)`.execute(db);
  const written = new Set(rows.map((row) => row.attempt));
  return {
    standing: intents.map((intent) => written.has(intent.id)),
    reached: rows[0]?.reached ?? null,
  };
}
