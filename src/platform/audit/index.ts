import type { Kysely } from "kysely";
import type { Actor, JsonObject } from "#kit";
import { newId } from "#kit";
import type { Schema } from "#platform/db";

export type AuditEvent = {
  /** Who did it: a member, or Galley itself (the worker, a sweep, the first set-up) in a workspace. */
  actor: Actor | { kind: "system"; workspaceId: string };
  /** `noun.verb_in_the_past`, such as `post.approved`. */
  action: string;
  target?: { kind: string; id: string };
  /** What changed, in words that a person can read later. Never holds a secret or a token. */
  details?: JsonObject;
  requestId?: string | null;
};

/**
 * Writes what happened into the audit log of the workspace. Call it with the transaction that makes
 * the change, so that neither stands without the other. Rows can only be added.
 */
export async function recordEvent(db: Kysely<Schema>, event: AuditEvent): Promise<void> {
  const { actor } = event;
  await db
    .insertInto("audit_events")
    .values({
      workspace_id: actor.workspaceId,
      id: newId(),
      actor_id: actor.kind === "system" ? null : actor.userId,
      actor_kind: actor.kind,
      action: event.action,
      target_kind: event.target?.kind ?? null,
      target_id: event.target?.id ?? null,
      details: JSON.stringify(event.details ?? {}),
      request_id: event.requestId ?? (actor.kind === "system" ? null : (actor.requestId ?? null)),
    })
    .execute();
}
