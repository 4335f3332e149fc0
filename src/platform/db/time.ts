import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.gen.ts";

/** What the database's clock shows, in a transaction too: not the time at which that began. */
export async function databaseTime(db: Kysely<Schema>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  const [row] = rows;
  if (row) return row.at;
  throw new TypeError("the database did not tell the time");
}
