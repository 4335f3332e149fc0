import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import type { Kysely } from "kysely";
import type { RunInput, StepName, StepOutput } from "./run.ts";
import { runInputSchema } from "./run.ts";
import type { SourceReference } from "./sources/material.ts";

/** One execution's hold on a run. A higher fence elsewhere, or a run no longer running, ends it. */
export type Hold = { workspaceId: string; runId: string; fence: number };

export type ClaimedRun = { hold: Hold; input: RunInput; createdBy: string | null };

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

/** Takes a run that waits, or whose worker stopped renewing its lease; null where there is nothing to take. */
export async function claimRun(
  db: Kysely<Schema>,
  key: { workspaceId: string; runId: string },
  times: { now: Date; leaseUntil: Date },
): Promise<ClaimedRun | null> {
  const row = await db
    .updateTable("runs")
    .set((run) => ({ state: "running", fence: run("fence", "+", 1), lease_until: times.leaseUntil }))
    .where("workspace_id", "=", key.workspaceId)
    .where("id", "=", key.runId)
    .where("state", "in", ["queued", "running"])
    .where((run) => run.or([run("lease_until", "is", null), run("lease_until", "<=", times.now)]))
    .returning(["fence", "input", "created_by"])
    .executeTakeFirst();
  if (!row) return null;
  return {
    hold: { ...key, fence: row.fence },
    input: runInputSchema.parse(row.input),
    createdBy: row.created_by,
  };
}

/** Moves the end of the lease; false when the run was cancelled or is somebody else's by now. */
export async function moveLease(db: Kysely<Schema>, hold: Hold, leaseUntil: Date): Promise<boolean> {
  const { numUpdatedRows } = await held(db, hold).set({ lease_until: leaseUntil }).executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Locks the run for this transaction; false when the hold is lost, and then nothing may be written. */
export async function lockRun(db: Kysely<Schema>, hold: Hold): Promise<boolean> {
  const row = await db
    .selectFrom("runs")
    .select("id")
    .where("workspace_id", "=", hold.workspaceId)
    .where("id", "=", hold.runId)
    .where("fence", "=", hold.fence)
    .where("state", "=", "running")
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export async function startStep(
  db: Kysely<Schema>,
  hold: Hold,
  step: { number: number; name: StepName; label: string },
  now: Date,
): Promise<void> {
  await db
    .insertInto("run_steps")
    .values({
      workspace_id: hold.workspaceId,
      run_id: hold.runId,
      ...step,
      state: "running",
      started_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["workspace_id", "run_id", "number"])
        .doUpdateSet({ state: "running", started_at: now, finished_at: null, notice: null }),
    )
    .execute();
}

export async function finishStep(
  db: Kysely<Schema>,
  hold: Hold,
  step: { number: number; output: StepOutput[StepName] | null; notice: string | null },
  now: Date,
): Promise<void> {
  await db
    .updateTable("run_steps")
    .set({
      state: step.output === null ? "failed" : "done",
      output: step.output === null ? null : JSON.stringify(step.output),
      notice: step.notice,
      finished_at: now,
    })
    .where("workspace_id", "=", hold.workspaceId)
    .where("run_id", "=", hold.runId)
    .where("number", "=", step.number)
    .execute();
}

/** What earlier executions of this run finished, by step number. */
export async function finishedSteps(db: Kysely<Schema>, hold: Hold): Promise<Map<number, unknown>> {
  const rows = await db
    .selectFrom("run_steps")
    .select(["number", "output"])
    .where("workspace_id", "=", hold.workspaceId)
    .where("run_id", "=", hold.runId)
    .where("state", "=", "done")
    .execute();
  return new Map(rows.map((row) => [row.number, row.output]));
}

export async function noteOnRun(
  db: Kysely<Schema>,
  hold: Hold,
  { drafter, sources }: { drafter: string; sources: SourceReference[] },
): Promise<void> {
  await held(db, hold)
    .set({ drafter, sources: JSON.stringify(sources) })
    .execute();
}

export async function finishRun(
  db: Kysely<Schema>,
  hold: Hold,
  result: { postId: string } | { code: string; message: string },
  now: Date,
): Promise<void> {
  const outcome =
    "postId" in result
      ? ({ state: "done", post_id: result.postId } as const)
      : ({ state: "failed", error_code: result.code, error_message: result.message } as const);
  await held(db, hold)
    .set({ ...outcome, lease_until: null, finished_at: now })
    .execute();
}

/** Stops a run that is not finished; false when it is. */
export async function cancelRun(
  db: Kysely<Schema>,
  workspaceId: string,
  runId: string,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("runs")
    .set({ state: "cancelled", lease_until: null, finished_at: now })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", runId)
    .where("state", "in", ["queued", "running"])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Runs of all workspaces that nobody works on: their job was lost, or their worker died. */
export async function strandedRuns(
  system: Kysely<Schema>,
  now: Date,
): Promise<{ workspaceId: string; runId: string }[]> {
  const patience = 30_000;
  const rows = await system
    .selectFrom("runs")
    .select(["workspace_id", "id"])
    .where("state", "in", ["queued", "running"])
    .where((run) =>
      run.or([
        run("lease_until", "<=", now),
        run.and([run("lease_until", "is", null), run("created_at", "<", new Date(now.getTime() - patience))]),
      ]),
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

function held(db: Kysely<Schema>, hold: Hold) {
  return db
    .updateTable("runs")
    .where("workspace_id", "=", hold.workspaceId)
    .where("id", "=", hold.runId)
    .where("fence", "=", hold.fence)
    .where("state", "=", "running");
}
