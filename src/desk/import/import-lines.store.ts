import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Cells } from "./columns.ts";
import type { LineState } from "./import-states.ts";
import type { LineProblem } from "./interpret.ts";

type Db = Kysely<Schema>;

export type LinePreview = { title: string; excerpt: string; channels: string[]; when: string | null };

export type ImportLine = {
  line: number;
  state: LineState;
  problems: LineProblem[];
  preview: LinePreview | null;
  postId: string | null;
};

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
