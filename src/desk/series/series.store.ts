import { type Kysely, sql } from "kysely";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import type { BoundTargets } from "../model/binding.ts";
import { undoUntil } from "../model/approvals.store.ts";
import { type SeriesRule, rule as ruleSchema } from "./rule.schema.ts";

type Db = Kysely<Schema>;

export type SeriesState = "active" | "paused" | "ended";

export type SeriesRow = {
  workspaceId: string;
  id: string;
  templateId: string;
  rule: SeriesRule;
  ahead: number;
  state: SeriesState;
  editors: string[];
  tendedTo: string;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
};

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

export type Occurrence = {
  date: string;
  postId: string | null;
  follows: boolean;
  reason: string | null;
};

const columns = [
  "workspace_id",
  "id",
  "template_id",
  "rule",
  "ahead",
  "state",
  "editors",
  "tended_to",
  "created_at",
  "updated_at",
  "deleted_at",
] as const;

function seriesOf(row: {
  workspace_id: string;
  id: string;
  template_id: string;
  rule: unknown;
  ahead: number;
  state: SeriesState;
  editors: string[];
  tended_to: string;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}): SeriesRow {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    templateId: row.template_id,
    rule: ruleSchema.parse(row.rule),
    ahead: row.ahead,
    state: row.state,
    editors: row.editors,
    tendedTo: row.tended_to,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
  };
}

export async function insertSeries(
  db: Db,
  series: { workspaceId: string; id: string; templateId: string; rule: SeriesRule; ahead: number },
  made: { by: string; editors: string[]; at: Date },
): Promise<void> {
  await db
    .insertInto("series")
    .values({
      workspace_id: series.workspaceId,
      id: series.id,
      template_id: series.templateId,
      rule: JSON.stringify(series.rule),
      ahead: series.ahead,
      editors: made.editors,
      tended_to: series.rule.startsOn,
      tend_at: made.at,
      created_by: made.by,
      created_at: made.at,
      updated_at: made.at,
    })
    .execute();
}

export async function findSeries(db: Db, workspaceId: string, id: string): Promise<SeriesRow | null> {
  const row = await db
    .selectFrom("series")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row ? seriesOf(row) : null;
}

/** The series of a template, locked. Whoever calls holds the template's lock already: that is the order. */
export async function lockSeries(db: Db, workspaceId: string, templateId: string): Promise<SeriesRow | null> {
  const row = await db
    .selectFrom("series")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("template_id", "=", templateId)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  return row ? seriesOf(row) : null;
}

export async function listSeries(db: Db, workspaceId: string): Promise<SeriesRow[]> {
  const rows = await db
    .selectFrom("series")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("deleted_at", "is", null)
    .orderBy("id", "desc")
    .limit(500)
    .execute();
  return rows.map(seriesOf);
}

type SeriesChange = {
  rule?: string;
  ahead?: number;
  state?: SeriesState;
  editors?: string[];
  tended_to?: string;
  tend_at?: Date;
  deleted_at?: Date;
  updated_at?: Date;
};

export async function updateSeries(db: Db, series: SeriesRow, change: SeriesChange): Promise<void> {
  await db
    .updateTable("series")
    .set(change)
    .where("workspace_id", "=", series.workspaceId)
    .where("id", "=", series.id)
    .execute();
}

/** Series that a worker should look at now, of all workspaces. */
export async function dueSeries(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ workspaceId: string; templateId: string }[]> {
  const rows = await db
    .selectFrom("series")
    .select(["workspace_id", "template_id"])
    .where("state", "<>", "ended")
    .where("tend_at", "<=", now)
    .orderBy("tend_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, templateId: row.template_id }));
}

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

/** Takes a date for this caller; false where it is taken. `postId` null: its moment has passed. */
export async function takeDate(
  db: Db,
  series: SeriesRow,
  occurrence: { date: string; postId: string | null; reason: string | null; now: Date },
): Promise<boolean> {
  const taken = await db
    .insertInto("series_occurrences")
    .values({
      workspace_id: series.workspaceId,
      series_id: series.id,
      local_date: occurrence.date,
      post_id: occurrence.postId,
      reason: occurrence.reason,
      created_at: occurrence.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("series_id")
    .executeTakeFirst();
  return taken !== undefined;
}

export async function setReason(
  db: Db,
  series: SeriesRow,
  date: string,
  reason: string | null,
): Promise<void> {
  await db
    .updateTable("series_occurrences")
    .set({ reason })
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("local_date", "=", date)
    .execute();
}

/** The dates from `from` on that are taken, in order. */
export async function occurrencesFrom(db: Db, series: SeriesRow, from: string): Promise<Occurrence[]> {
  const rows = await db
    .selectFrom("series_occurrences")
    .select(["local_date", "post_id", "follows", "reason"])
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("local_date", ">=", from)
    .orderBy("local_date")
    .execute();
  return rows.map((row) => ({
    date: row.local_date,
    postId: row.post_id,
    follows: row.follows,
    reason: row.reason,
  }));
}

/** Frees a date again, so that the series may make it anew. */
export async function freeDate(db: Db, series: SeriesRow, postId: string): Promise<void> {
  await db
    .deleteFrom("series_occurrences")
    .where("workspace_id", "=", series.workspaceId)
    .where("series_id", "=", series.id)
    .where("post_id", "=", postId)
    .execute();
}

/** From now on this occurrence is a post like any other; what becomes of the series no longer touches it. */
export async function leaveSeries(db: Db, workspaceId: string, postId: string): Promise<void> {
  await db
    .updateTable("series_occurrences")
    .set({ follows: false, reason: null })
    .where("workspace_id", "=", workspaceId)
    .where("post_id", "=", postId)
    .where("follows", "=", true)
    .execute();
}

/** Looks at a series again at `until`, and not before. */
export async function postpone(db: Db, templateId: string, until: Date): Promise<void> {
  await db.updateTable("series").set({ tend_at: until }).where("template_id", "=", templateId).execute();
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
