import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import { type SeriesRule, rule as ruleSchema } from "./rule.schema.ts";
import type { SeriesState } from "./series-states.ts";

type Db = Kysely<Schema>;

export type SeriesRow = {
  workspaceId: string;
  id: string;
  templateId: string;
  rule: SeriesRule;
  ahead: number;
  state: SeriesState;
  editors: string[];
  materializedUntil: string;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
};

const columns = [
  "workspace_id",
  "id",
  "template_id",
  "rule",
  "ahead",
  "state",
  "editors",
  "materialized_until",
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
  materialized_until: string;
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
    materializedUntil: row.materialized_until,
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
      materialized_until: series.rule.startsOn,
      next_run_at: made.at,
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
  materialized_until?: string;
  next_run_at?: Date;
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
    .where("next_run_at", "<=", now)
    .orderBy("next_run_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, templateId: row.template_id }));
}

/** Looks at a series again at `until`, and not before. */
export async function postpone(db: Db, templateId: string, until: Date): Promise<void> {
  await db.updateTable("series").set({ next_run_at: until }).where("template_id", "=", templateId).execute();
}
