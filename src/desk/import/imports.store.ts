import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Cells, FileLine } from "./columns.ts";
import type { LineProblem } from "./interpret.ts";

type Db = Kysely<Schema>;

export type ImportState = "checking" | "checked" | "importing" | "done" | "failed";
export type LineState = "waiting" | "ready" | "broken" | "repeated" | "made";

export type ImportRow = {
  id: string;
  fileName: string;
  zone: string;
  state: ImportState;
  notice: string | null;
  lines: number;
  createdBy: string | null;
  createdAt: Date;
};

export type LinePreview = { title: string; excerpt: string; channels: string[]; when: string | null };

export type ImportLine = {
  line: number;
  state: LineState;
  problems: LineProblem[];
  preview: LinePreview | null;
  postId: string | null;
};

const columns = ["id", "file_name", "zone", "state", "notice", "lines", "created_by", "created_at"] as const;

function importOf(row: {
  id: string;
  file_name: string;
  zone: string;
  state: ImportState;
  notice: string | null;
  lines: number;
  created_by: string | null;
  created_at: Date;
}): ImportRow {
  return {
    id: row.id,
    fileName: row.file_name,
    zone: row.zone,
    state: row.state,
    notice: row.notice,
    lines: row.lines,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

export type NewImport = {
  id: string;
  fileName: string;
  sha256: string;
  zone: string;
  notice: string | null;
  lines: FileLine[];
  by: string;
  at: Date;
};

export async function insertImport(db: Db, workspaceId: string, file: NewImport): Promise<void> {
  await db
    .insertInto("imports")
    .values({
      workspace_id: workspaceId,
      id: file.id,
      file_name: file.fileName,
      sha256: file.sha256,
      zone: file.zone,
      notice: file.notice,
      lines: file.lines.length,
      created_by: file.by,
      created_at: file.at,
      updated_at: file.at,
    })
    .execute();
  const rows = file.lines.map((line) => ({
    line: line.line,
    hash: line.hash,
    cells: line.cells,
    state: line.cells === null ? "broken" : "waiting",
    problems: line.cells === null ? [{ column: "", message: line.wrong, severity: "error" }] : [],
  }));
  await sql`
    insert into import_lines (workspace_id, import_id, line, line_hash, cells, state, problems)
    select ${workspaceId}, ${file.id}, r.line, r.hash, r.cells, r.state, r.problems
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (line integer, hash text, cells jsonb, state text, problems jsonb)`.execute(db);
}

/** The time zone of the workspace. */
export async function zoneOf(db: Db, workspaceId: string): Promise<string> {
  const workspace = await db
    .selectFrom("workspaces")
    .select("time_zone")
    .where("id", "=", workspaceId)
    .executeTakeFirstOrThrow();
  return workspace.time_zone;
}

export async function findImport(db: Db, workspaceId: string, id: string): Promise<ImportRow | null> {
  const row = await db
    .selectFrom("imports")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ? importOf(row) : null;
}

export async function newestImports(db: Db, workspaceId: string): Promise<ImportRow[]> {
  const rows = await db
    .selectFrom("imports")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .orderBy("id", "desc")
    .limit(50)
    .execute();
  return rows.map(importOf);
}

/** How many lines are in each state. */
export async function countLines(
  db: Db,
  workspaceId: string,
  id: string,
): Promise<Record<LineState, number>> {
  const rows = await db
    .selectFrom("import_lines")
    .select(({ fn }) => ["state", fn.countAll<number>().as("count")])
    .where("workspace_id", "=", workspaceId)
    .where("import_id", "=", id)
    .groupBy("state")
    .execute();
  const counts = { waiting: 0, ready: 0, broken: 0, repeated: 0, made: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}

/** Lines above `after`, those in some states only where `states` is given. */
export async function linesOf(
  db: Db,
  workspaceId: string,
  id: string,
  page: { after: number; limit: number; states: LineState[] | null },
): Promise<ImportLine[]> {
  const rows = await db
    .selectFrom("import_lines")
    .select(["line", "state", "problems", "preview", "post_id"])
    .where("workspace_id", "=", workspaceId)
    .where("import_id", "=", id)
    .where("line", ">", page.after)
    .$if(page.states !== null, (query) => query.where("state", "in", page.states ?? []))
    .orderBy("line")
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    line: row.line,
    state: row.state,
    // Written by this module.
    problems: row.problems as LineProblem[],
    preview: row.preview as LinePreview | null,
    postId: row.post_id,
  }));
}

export type OpenLine = { line: number; hash: string; cells: Cells };

/** The next lines of a state, in order. */
export async function openLines(
  db: Db,
  workspaceId: string,
  id: string,
  wanted: { state: "waiting" | "ready"; limit: number },
): Promise<OpenLine[]> {
  const rows = await db
    .selectFrom("import_lines")
    .select(["line", "line_hash", "cells"])
    .where("workspace_id", "=", workspaceId)
    .where("import_id", "=", id)
    .where("state", "=", wanted.state)
    .orderBy("line")
    .limit(wanted.limit)
    .execute();
  return rows.map((row) => ({ line: row.line, hash: row.line_hash, cells: row.cells as Cells }));
}

/** Holds a line that is still to be made until the transaction ends; false: another worker made it. */
export async function takeLine(db: Db, workspaceId: string, id: string, line: number): Promise<boolean> {
  const row = await db
    .selectFrom("import_lines")
    .select("line")
    .where("workspace_id", "=", workspaceId)
    .where("import_id", "=", id)
    .where("line", "=", line)
    .where("state", "=", "ready")
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Which of these lines were made into posts before, by hash. */
export async function madeBefore(
  db: Db,
  workspaceId: string,
  hashes: string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("import_lines")
    .select(["line_hash", "post_id"])
    .where("workspace_id", "=", workspaceId)
    .where("state", "=", "made")
    .where("line_hash", "=", sql<string>`any(${hashes}::text[])`)
    .execute();
  return new Map(rows.flatMap((row) => (row.post_id === null ? [] : [[row.line_hash, row.post_id]])));
}

export type LineResult = {
  line: number;
  state: LineState;
  problems: LineProblem[];
  preview: LinePreview | null;
  postId: string | null;
};

export async function writeResults(
  db: Db,
  workspaceId: string,
  id: string,
  results: LineResult[],
): Promise<void> {
  await sql`
    update import_lines l
    set state = r.state, problems = r.problems, preview = coalesce(r.preview, l.preview), post_id = r."postId"
    from jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
      as r (line integer, state text, problems jsonb, preview jsonb, "postId" uuid)
    where l.workspace_id = ${workspaceId} and l.import_id = ${id} and l.line = r.line
      and l.state in ('waiting', 'ready')`.execute(db);
}

/** Moves an import from one state to the next; false where it was not in it. */
export async function moveImport(
  db: Db,
  workspaceId: string,
  id: string,
  move: { from: ImportState[]; to: ImportState; now: Date; notice?: string },
): Promise<boolean> {
  const result = await db
    .updateTable("imports")
    .set({
      state: move.to,
      updated_at: move.now,
      ...(move.notice === undefined ? {} : { notice: move.notice }),
    })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .where("state", "in", move.from)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Imports whose worker fell silent, of all workspaces. */
export async function strandedImports(
  db: Db,
  before: Date,
): Promise<{ workspaceId: string; importId: string }[]> {
  const rows = await db
    .selectFrom("imports")
    .select(["workspace_id", "id"])
    .where("state", "in", ["checking", "importing"])
    .where("updated_at", "<", before)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, importId: row.id }));
}
