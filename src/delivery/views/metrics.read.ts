import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

/** States in which a delivery still has a way to go or waits for a person; the final ones only grow. */
const openStates = [
  "scheduled",
  "claimed",
  "in_flight",
  "ambiguous",
  "reconciling",
  "needs_human",
  "needs_reconnect",
  "missed",
] as const;

/** Deliveries that are not finished; `db` sees all workspaces. */
export async function countOpenDeliveries(db: Kysely<Schema>) {
  return db
    .selectFrom("deliveries")
    .select((query) => ["connector", "state", query.fn.countAll<number>().as("count")])
    .where("state", "in", openStates)
    .groupBy(["connector", "state"])
    .execute();
}
