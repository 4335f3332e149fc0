import type { Kysely } from "kysely";
import type { Actor, JsonObject } from "#kit";
import { newId } from "#kit";
import type { Schema } from "#platform/db";

type Happened = {
  /** `noun.verb_in_the_past`, such as `post.approved`. */
  action: string;
  target?: { kind: string; id: string };
  /** What changed, in words that a person can read later. Never holds a secret or a token. */
  details?: JsonObject;
  requestId?: string | null;
};

type AuditEvent = Happened & {
  /** Who did it: a member, or Galley itself (the worker, a sweep, the first set-up) in a workspace. */
  actor: Actor | { kind: "system"; workspaceId: string };
};

/** Who acts on the installation: a person by a session, somebody on the machine, or Galley itself. */
export type InstallationActor = { kind: "person"; userId: string } | { kind: "machine" } | { kind: "system" };

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
      actor_id: actor.kind === "system" ? null : actor.userId,
      actor_kind: actor.kind,
      ...rowOf(event),
      request_id: event.requestId ?? (actor.kind === "system" ? null : (actor.requestId ?? null)),
    })
    .execute();
}

/** As `recordEvent`, for what concerns an account or the whole installation and belongs to no workspace. */
export async function recordInstallationEvent(
  db: Kysely<Schema>,
  event: Happened & { actor: InstallationActor },
): Promise<void> {
  const { actor } = event;
  await db
    .insertInto("installation_events")
    .values({
      actor_id: actor.kind === "person" ? actor.userId : null,
      actor_kind: actor.kind,
      ...rowOf(event),
    })
    .execute();
}

function rowOf({ action, target, details, requestId }: Happened) {
  return {
    id: newId(),
    action,
    target_kind: target?.kind ?? null,
    target_id: target?.id ?? null,
    details: JSON.stringify(details ?? {}),
    request_id: requestId ?? null,
  };
}
