import type { Actor } from "#kit";
import { type AuditEntry, entryColumns, entryOf } from "#platform/audit";
import type { Database } from "#platform/db";

/** The audit log of the actor's workspace, newest first. */
export async function listEvents(
  database: Database,
  actor: Actor,
  page: { limit: number; before: string | null },
): Promise<AuditEntry<"person" | "agent" | "system">[]> {
  const rows = await database.inWorkspace(actor.workspaceId, (tx) => {
    const query = tx
      .selectFrom("audit_events as e")
      .leftJoin("users", "users.id", "e.actor_id")
      .select(entryColumns)
      .where("e.workspace_id", "=", actor.workspaceId)
      .orderBy("e.id", "desc")
      .limit(page.limit);
    return (page.before === null ? query : query.where("e.id", "<", page.before)).execute();
  });
  return rows.map(entryOf);
}
