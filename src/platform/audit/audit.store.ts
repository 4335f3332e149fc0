import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";

/**
 * Copies events of a workspace into its audit log, with their ids and their moments. Rows can only be added.
 */
export async function insertAuditEvents(
  db: Kysely<Schema>,
  workspaceId: string,
  sequences: readonly number[],
): Promise<void> {
  await sql`
    insert into audit_events (workspace_id, id, actor_id, actor_kind, action, target_kind, target_id, details,
      request_id, created_at)
    select workspace_id, id, actor_id, actor_kind, kind, target_kind, target_id, data, request_id, at from events
    where workspace_id = ${workspaceId} and sequence = any(${sequences}::bigint[])
    order by sequence`.execute(db);
}

/** The same for what concerns the installation: `stream` is that of its own events. */
export async function insertInstallationEvents(
  db: Kysely<Schema>,
  stream: string,
  sequences: readonly number[],
): Promise<void> {
  await sql`
    insert into installation_events (id, actor_id, actor_kind, action, target_kind, target_id, details, request_id,
      created_at)
    select id, actor_id, actor_kind, kind, target_kind, target_id, data, request_id, at from events
    where workspace_id = ${stream} and sequence = any(${sequences}::bigint[])
    order by sequence`.execute(db);
}
