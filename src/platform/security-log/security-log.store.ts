import { type Kysely, sql } from "kysely";
import type { JsonValue } from "#kit";
import type { Schema } from "#platform/db";

export type SecurityRow = {
  id: string;
  event: string;
  workspaceId: string | null;
  userId: string | null;
  address: string | null;
  requestId: string | null;
  details: JsonValue;
  times: number;
};

export async function insertRecords(db: Kysely<Schema>, rows: SecurityRow[]): Promise<void> {
  await db
    .insertInto("security_events")
    .values(
      rows.map(({ workspaceId, userId, requestId, details, ...row }) => ({
        ...row,
        workspace_id: workspaceId,
        user_id: userId,
        request_id: requestId,
        details: JSON.stringify(details),
      })),
    )
    .execute();
}

/** Removes what is older than the database insists on keeping: 90 days. */
export async function deleteOldRecords(db: Kysely<Schema>): Promise<void> {
  await sql`delete from security_events where created_at < clock_timestamp() - interval '90 days'`.execute(
    db,
  );
}

export type StoredSecurityRecord = SecurityRow & { at: Date; userName: string | null };

/**
 * Newest first: of one workspace, or of the whole installation where it is null. `before` is the id of the last
 * record of the page before.
 */
export async function listSecurityRecords(
  db: Kysely<Schema>,
  workspaceId: string | null,
  page: { limit: number; before: string | null },
): Promise<StoredSecurityRecord[]> {
  let query = db
    .selectFrom("security_events as e")
    .leftJoin("users", "users.id", "e.user_id")
    .select([
      "e.id",
      "e.event",
      "e.workspace_id as workspaceId",
      "e.user_id as userId",
      "users.name as userName",
      "e.address",
      "e.request_id as requestId",
      "e.details",
      "e.times",
      "e.created_at as at",
    ])
    .orderBy("e.id", "desc")
    .limit(page.limit);
  if (workspaceId !== null) query = query.where("e.workspace_id", "=", workspaceId);
  if (page.before !== null) query = query.where("e.id", "<", page.before);
  return query.execute();
}
