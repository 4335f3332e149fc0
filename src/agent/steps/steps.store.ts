import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

/** The work that steps belong to. */
export type StepOwner = { workspaceId: string; runId: string };

/** Writes that a step has begun; one that failed before begins anew. */
export async function startStep(
  db: Kysely<Schema>,
  owner: StepOwner,
  step: { number: number; name: string; label: string; at: Date },
): Promise<void> {
  const { at, ...named } = step;
  await db
    .insertInto("run_steps")
    .values({
      workspace_id: owner.workspaceId,
      run_id: owner.runId,
      ...named,
      state: "running",
      started_at: at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["workspace_id", "run_id", "number"])
        .doUpdateSet({ state: "running", started_at: at, finished_at: null, notice: null }),
    )
    .execute();
}

/** Writes what a step left, or, with `output` null, that it failed and why. */
export async function finishStep(
  db: Kysely<Schema>,
  owner: StepOwner,
  step: { number: number; output: unknown; notice: string | null; at: Date },
): Promise<void> {
  await db
    .updateTable("run_steps")
    .set({
      state: step.output === null ? "failed" : "done",
      output: step.output === null ? null : JSON.stringify(step.output),
      notice: step.notice,
      finished_at: step.at,
    })
    .where("workspace_id", "=", owner.workspaceId)
    .where("run_id", "=", owner.runId)
    .where("number", "=", step.number)
    .execute();
}

/** What earlier executions finished, by step number. */
export async function finishedSteps(db: Kysely<Schema>, owner: StepOwner): Promise<Map<number, unknown>> {
  const rows = await db
    .selectFrom("run_steps")
    .select(["number", "output"])
    .where("workspace_id", "=", owner.workspaceId)
    .where("run_id", "=", owner.runId)
    .where("state", "=", "done")
    .execute();
  return new Map(rows.map((row) => [row.number, row.output]));
}
