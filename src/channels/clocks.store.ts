import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";

export async function databaseTime(db: Kysely<Schema>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  const [row] = rows;
  if (row) return row.at;
  throw new TypeError("the database did not tell the time");
}
