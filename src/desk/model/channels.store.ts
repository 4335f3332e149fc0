import type { Kysely } from "kysely";
import { sql } from "kysely";
import { accountLimitsOfChannel, appValuesOfChannel } from "#channels";
import type { Schema } from "#platform/db";
import type { TargetChannel } from "./check.ts";

/** The channels with these ids, or all of the workspace. */
export async function targetChannels(
  db: Kysely<Schema>,
  workspaceId: string,
  ids: string[] | "all",
): Promise<Map<string, TargetChannel>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("channels as c")
    .select(["c.id", "c.connector", "c.handle", "c.display_name", "c.status", "c.paused_at", "c.scopes"])
    .select(["c.target_hash", "c.target_words", "c.target_changed_at"])
    .select([appValuesOfChannel.as("appValues"), accountLimitsOfChannel.as("accountLimits")])
    .where("c.workspace_id", "=", workspaceId)
    .$if(ids !== "all", (query) => query.where("c.id", "=", sql<string>`any(${ids}::uuid[])`))
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        connector: row.connector,
        handle: row.handle,
        displayName: row.display_name,
        status: row.status,
        paused: row.paused_at !== null,
        scopes: row.scopes,
        appValues: row.appValues,
        accountLimits: row.accountLimits,
        target: { hash: row.target_hash, words: row.target_words, changedAt: row.target_changed_at },
      },
    ]),
  );
}

export async function allChannels(db: Kysely<Schema>, workspaceId: string): Promise<TargetChannel[]> {
  return [...(await targetChannels(db, workspaceId, "all")).values()];
}
