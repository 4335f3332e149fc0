import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";

/** Refuses to publish on a database that may forget a commit: an intent must outlive a power cut. */
export async function durabilityProblem(db: Kysely<Schema>): Promise<string | null> {
  const { rows } = await sql<{ fsync: string; commit: string }>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`.execute(db);
  const settings = rows[0];
  if (settings?.fsync === "on" && settings.commit !== "off") return null;
  return `The database runs with fsync=${settings?.fsync} and synchronous_commit=${settings?.commit}. Galley does not publish on it, because a crash could forget what was sent. Set both to "on".`;
}
