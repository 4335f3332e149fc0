import type { JsonValue } from "#kit";

/** One line of an audit log, as it is told. */
export type AuditEntry<Kind extends string> = {
  id: string;
  at: Date;
  /** `userId` null: nobody who signs in, as Galley itself. */
  actor: { kind: Kind; userId: string | null; name: string | null };
  action: string;
  target: { kind: string; id: string } | null;
  details: JsonValue;
  requestId: string | null;
};

/** Of both logs, `e`, with `users` joined by the actor. */
export const entryColumns = [
  "e.id",
  "e.created_at",
  "e.actor_id",
  "e.actor_kind",
  "e.action",
  "e.target_kind",
  "e.target_id",
  "e.details",
  "e.request_id",
  "users.name",
] as const;

type EntryRow<Kind extends string> = {
  id: string;
  created_at: Date;
  actor_id: string | null;
  actor_kind: Kind;
  action: string;
  target_kind: string | null;
  target_id: string | null;
  details: JsonValue;
  request_id: string | null;
  name: string | null;
};

export function entryOf<Kind extends string>(row: EntryRow<Kind>): AuditEntry<Kind> {
  return {
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
  };
}
