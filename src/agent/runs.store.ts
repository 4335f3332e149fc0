import { type Kysely, sql } from "kysely";
import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import { isHeld, type LeaseKey, revokeLease } from "#platform/leases";
import type { RunInput } from "./run.ts";
import { runInputSchema, runTask } from "./run.ts";
import type { SourceReference } from "./sources/material.ts";

export type RunKey = { workspaceId: string; runId: string };

export type ClaimedRun = {
  input: RunInput;
  createdBy: string | null;
  /** How often it was begun, this time included. */
  executions: number;
};

/** What a worker holds while it works on a run. */
export function leaseOf({ workspaceId, runId }: RunKey): LeaseKey {
  return { workspaceId, kind: runTask, subject: runId };
}

export async function insertRun(
  db: Kysely<Schema>,
  actor: Actor,
  id: string,
  input: RunInput,
): Promise<void> {
  await db
    .insertInto("runs")
    .values({
      workspace_id: actor.workspaceId,
      id,
      input: JSON.stringify(input),
      created_by: actor.userId,
    })
    .execute();
}

/** Begins, or begins again, a run that is not finished; null where it is. The caller holds its lease. */
export async function beginRun(db: Kysely<Schema>, key: RunKey): Promise<ClaimedRun | null> {
  const row = await ofRun(db, key)
    .set((run) => ({ state: "running", executions: run("executions", "+", 1) }))
    .where("state", "in", ["queued", "running"])
    .returning(["executions", "input", "created_by"])
    .executeTakeFirst();
  if (!row) return null;
  return {
    input: runInputSchema.parse(row.input),
    createdBy: row.created_by,
    executions: row.executions,
  };
}

export async function noteOnRun(
  db: Kysely<Schema>,
  key: RunKey,
  { drafter, sources }: { drafter: string; sources: SourceReference[] },
): Promise<void> {
  await ofRun(db, key)
    .set({ drafter, sources: JSON.stringify(sources) })
    .execute();
}

export async function finishRun(
  db: Kysely<Schema>,
  key: RunKey,
  result: { postId: string } | { code: string; message: string },
  now: Date,
): Promise<void> {
  const outcome =
    "postId" in result
      ? ({ state: "done", post_id: result.postId } as const)
      : ({ state: "failed", error_code: result.code, error_message: result.message } as const);
  await ofRun(db, key)
    .set({ ...outcome, finished_at: now })
    .execute();
}

/** Stops a run that is not finished, and whoever works on it; false when it is. */
export async function cancelRun(db: Kysely<Schema>, key: RunKey, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await ofRun(db, key)
    .set({ state: "cancelled", finished_at: now })
    .where("state", "in", ["queued", "running"])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await revokeLease(db, leaseOf(key));
  return true;
}

/** Runs of all workspaces that nobody works on: their job was lost, or their worker died. */
export async function strandedRuns(system: Kysely<Schema>, now: Date): Promise<RunKey[]> {
  const patienceMs = 30_000;
  const rows = await system
    .selectFrom("runs as r")
    .select(["r.workspace_id", "r.id"])
    .where("r.state", "in", ["queued", "running"])
    .where("r.created_at", "<", new Date(now.getTime() - patienceMs))
    .where(
      sql<boolean>`not ${isHeld({ workspaceId: sql.ref("r.workspace_id"), kind: runTask, subject: sql`r.id::text` })}`,
    )
    .limit(100)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, runId: row.id }));
}

/**
 * The person for whom a run works, while he is a member; null otherwise. Mail addresses are read by the
 * system role alone.
 */
export async function requester(
  system: Kysely<Schema>,
  workspaceId: string,
  userId: string,
): Promise<Pick<Actor, "userId" | "name" | "email" | "role"> | null> {
  const row = await system
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .select(["users.id", "users.name", "users.email", "members.role"])
    .where("members.workspace_id", "=", workspaceId)
    .where("members.user_id", "=", userId)
    .executeTakeFirst();
  return row ? { userId: row.id, name: row.name, email: row.email, role: row.role } : null;
}

function ofRun(db: Kysely<Schema>, { workspaceId, runId }: RunKey) {
  return db.updateTable("runs").where("workspace_id", "=", workspaceId).where("id", "=", runId);
}
