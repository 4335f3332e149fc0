import { type Kysely, sql } from "kysely";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import { undoUntil } from "../model/approvals.store.ts";
import type { BoundTargets } from "../model/binding.ts";
import type { SeriesRow } from "./series.store.ts";

type Db = Kysely<Schema>;

export type SeriesApproval = {
  id: string;
  templateVersion: number;
  contentHash: string;
  boundHash: string;
  note: string;
  decidedBy: { id: string; name: string } | null;
  decidedAt: Date;
  voidedAt: Date | null;
  voidedReason: string | null;
  /** What it releases is not sent before. */
  notBefore: Date | null;
  /** Until when whoever gave it can take it back; null once that is over. */
  undoUntil: Date | null;
  editorsBefore: string[];
  /** Where its channels led when it was given. */
  targets: BoundTargets;
};

export async function insertSeriesApproval(
  db: Db,
  series: SeriesRow,
  approval: {
    templateVersion: number;
    contentHash: string;
    boundHash: string;
    targets: BoundTargets;
    note: string;
    by: string;
    at: Date;
  },
): Promise<string> {
  const id = newId();
  await db
    .insertInto("series_approvals")
    .values({
      workspace_id: series.workspaceId,
      id,
      series_id: series.id,
      template_version: approval.templateVersion,
      content_hash: approval.contentHash,
      bound_hash: approval.boundHash,
      targets: JSON.stringify(approval.targets),
      note: approval.note,
      decided_by: approval.by,
      decided_at: approval.at,
      undo_until: undoUntil,
      editors_before: series.editors,
    })
    .execute();
  return id;
}

/** The newest decision on a series, standing or not. */
export async function newestApproval(db: Db, series: SeriesRow): Promise<SeriesApproval | null> {
  const row = await db
    .selectFrom("series_approvals as a")
    .leftJoin("users as u", "u.id", "a.decided_by")
    .selectAll("a")
    .select("u.name")
    .select(
      sql<Date | null>`case when a.voided_at is null and a.undo_until > clock_timestamp()
        then a.undo_until end`.as("open_until"),
    )
    .where("a.workspace_id", "=", series.workspaceId)
    .where("a.series_id", "=", series.id)
    .orderBy("a.id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    templateVersion: row.template_version,
    contentHash: row.content_hash,
    boundHash: row.bound_hash,
    note: row.note,
    decidedBy: row.decided_by === null ? null : { id: row.decided_by, name: row.name ?? "" },
    decidedAt: row.decided_at,
    voidedAt: row.voided_at,
    voidedReason: row.voided_reason,
    notBefore: row.undo_until,
    undoUntil: row.open_until,
    editorsBefore: row.editors_before,
    // Written by this module.
    targets: row.targets as BoundTargets,
  };
}

/** The newest version of the template that was approved and not taken back; 0 where none was. */
export async function lastApprovedTemplate(db: Db, series: SeriesRow): Promise<number> {
  const row = await db
    .selectFrom("series_approvals")
    .select((column) => column.fn.max("template_version").as("version"))
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("taken_back", "=", false)
    .executeTakeFirst();
  return row?.version ?? 0;
}

/** Ends the standing approval of a series; false: none stood. See `voidApproval` for what was taken back. */
export async function voidSeriesApproval(
  db: Db,
  series: SeriesRow,
  reason: string,
  now: Date,
  takenBack = false,
): Promise<boolean> {
  const result = await db
    .updateTable("series_approvals")
    .set({ voided_at: now, voided_reason: reason, taken_back: takenBack })
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("voided_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Posts that an approval of a series alone approves, in the order of their ids. */
export async function postsReleasedBy(db: Db, series: SeriesRow, approvalId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("approvals")
    .select("post_id")
    .where("workspace_id", "=", series.workspaceId)
    .where("series_approval_id", "=", approvalId)
    .where("voided_at", "is", null)
    .orderBy("post_id")
    .execute();
  return rows.map((row) => row.post_id);
}
