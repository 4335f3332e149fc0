import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Settlement } from "./settlement.ts";
import { settledStates } from "./state.ts";

/**
 * Writes outcomes, each only where its fence still stands, and announces what has settled, in one
 * transaction: see `settle_deliveries` in migration 0057. Returns for each whether it was written;
 * `false`: the lease was lost, stop.
 */
export async function writeSettlements(db: Kysely<Schema>, settlements: Settlement[]): Promise<boolean[]> {
  const outcomes = settlements
    .map(({ next, about: _about, ...settlement }) => ({
      ...settlement,
      ...next,
      settled: next !== null && settledStates.has(next.state),
    }))
    // Rows are locked in the order of their ids, as everywhere.
    .toSorted((left, right) => (left.deliveryId < right.deliveryId ? -1 : 1));
  const { rows } = await sql<{ held: string }>`
    select held from settle_deliveries(${JSON.stringify(outcomes)}::jsonb) as held`.execute(db);
  const held = new Set(rows.map((row) => row.held));
  return settlements.map(({ deliveryId }) => held.has(deliveryId));
}
