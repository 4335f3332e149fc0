import type { Actor, JsonValue } from "#kit";
import type { Database } from "#platform/db";

export type AuditEntry = {
  id: string;
  at: Date;
  /** `userId` null: Galley itself. */
  actor: { kind: "person" | "agent" | "system"; userId: string | null; name: string | null };
  action: string;
  target: { kind: string; id: string } | null;
  details: JsonValue;
  requestId: string | null;
};

/** The audit log of the actor's workspace, newest first. */
export async function listEvents(
  database: Database,
  actor: Actor,
  page: { limit: number; before: string | null },
): Promise<AuditEntry[]> {
  const rows = await database.inWorkspace(actor.workspaceId, (tx) => {
    const query = tx
      .selectFrom("audit_events")
      .leftJoin("users", "users.id", "audit_events.actor_id")
      .select([
        "audit_events.id",
        "audit_events.created_at",
        "audit_events.actor_id",
        "audit_events.actor_kind",
        "audit_events.action",
        "audit_events.target_kind",
        "audit_events.target_id",
        "audit_events.details",
        "audit_events.request_id",
        "users.name",
      ])
      .where("audit_events.workspace_id", "=", actor.workspaceId)
      .orderBy("audit_events.id", "desc")
      .limit(page.limit);
    return (page.before === null ? query : query.where("audit_events.id", "<", page.before)).execute();
  });
  return rows.map((row) => ({
    id: row.id,
    at: row.created_at,
    actor: { kind: row.actor_kind, userId: row.actor_id, name: row.name },
    action: row.action,
    target:
      row.target_kind === null || row.target_id === null
        ? null
        : { kind: row.target_kind, id: row.target_id },
    details: row.details,
    requestId: row.request_id,
  }));
}
