import { type Kysely, sql } from "kysely";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import type { BoundTargets } from "./binding.ts";

type Db = Kysely<Schema>;

export type NewDecision = {
  postId: string;
  version: number;
  boundHash: string;
  boundAt: Date | null;
  decision: "approved" | "changes_requested";
  note: string;
  decidedBy: string;
  decidedAt: Date;
  /** Where its channels led; of an approval. */
  targets?: BoundTargets;
  /** The approval of the series that this one stems from; it can be taken back for as long as that one. */
  seriesApproval?: { id: string; undoUntil: Date | null };
};

/** For how long after it was given an approval can be taken back by whoever gave it. */
const undoSeconds = 10;

/** Until when an approval that is given now can be taken back, by the database's clock. */
export const undoUntil = sql<Date>`date_trunc('milliseconds', clock_timestamp())
  + ${sql.lit(undoSeconds)} * interval '1 second'`;

/** Records a person's decision and returns its id. A second standing approval of a post is refused by the database. */
export async function insertDecision(db: Db, workspaceId: string, decision: NewDecision): Promise<string> {
  const id = newId();
  await db
    .insertInto("approvals")
    .values({
      workspace_id: workspaceId,
      id,
      post_id: decision.postId,
      version: decision.version,
      bound_hash: decision.boundHash,
      bound_at: decision.boundAt,
      decision: decision.decision,
      note: decision.note,
      decided_by: decision.decidedBy,
      decided_at: decision.decidedAt,
      targets: JSON.stringify(decision.targets ?? {}),
      series_approval_id: decision.seriesApproval?.id ?? null,
      undo_until: decision.seriesApproval
        ? decision.seriesApproval.undoUntil
        : decision.decision === "approved"
          ? undoUntil
          : null,
    })
    .execute();
  return id;
}

/**
 * Ends the standing approval of a post, if there is one, with the reason that people will read.
 *
 * @param takenBack as if it had never been given: who wrote the post before it counts as its author again
 */
export async function voidApproval(
  db: Db,
  workspaceId: string,
  postId: string,
  reason: string,
  now: Date,
  takenBack = false,
): Promise<boolean> {
  const result = await db
    .updateTable("approvals")
    .set({ voided_at: now, voided_reason: reason, taken_back: takenBack })
    .where("workspace_id", "=", workspaceId)
    .where("post_id", "=", postId)
    .where("decision", "=", "approved")
    .where("voided_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
