import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import { openStates } from "../model/state.ts";

/** Deliveries that are not finished; `db` sees all workspaces. */
export async function countOpenDeliveries(db: Kysely<Schema>) {
  return db
    .selectFrom("deliveries")
    .select((query) => ["connector", "state", query.fn.countAll<number>().as("count")])
    .where("state", "in", openStates)
    .groupBy(["connector", "state"])
    .execute();
}
