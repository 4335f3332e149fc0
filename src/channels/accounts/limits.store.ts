import { type Kysely, sql } from "kysely";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { connectedOnes, limitsColumns } from "../model/channels.store.ts";

/** Notes the account's own limits. */
export async function storeLimits(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  limits: JsonObject,
  at: Date,
): Promise<void> {
  await db
    .updateTable("channels")
    .set(limitsColumns(limits, at))
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .execute();
}

/** Connected channels of these connectors whose limits were not read since `before`, in the order of their ids. */
export async function unreadLimitsAfter(
  db: Kysely<Schema>,
  connectors: string[],
  before: Date,
  after: string,
): Promise<{ workspaceId: string; id: string }[]> {
  return connectedOnes(db, after)
    .where("connector", "=", sql<string>`any(${connectors})`)
    .where((eb) => eb.or([eb("account_limits_at", "is", null), eb("account_limits_at", "<", before)]))
    .execute();
}
