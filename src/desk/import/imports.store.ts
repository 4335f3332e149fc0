import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import type { FileLine } from "./columns.ts";
import type { ImportState } from "./import-states.ts";

type Db = Kysely<Schema>;

export type ImportKey = { workspaceId: string; importId: string };

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
export async function strandedImports(db: Db, before: Date): Promise<ImportKey[]> {
  const rows = await db
    .selectFrom("imports")
    .select(["workspace_id", "id"])
    .where("state", "in", ["checking", "importing"])
    .where("updated_at", "<", before)
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, importId: row.id }));
}

/** Whoever started it, with the role that they have now; null where they have gone. */
export async function actorOfImport(
  db: Db,
  workspaceId: string,
  userId: string | null,
): Promise<Actor | null> {
  if (userId === null) return null;
  const row = await db
    .selectFrom("members as m")
    .innerJoin("users as u", "u.id", "m.user_id")
    .select(["u.id", "u.name", "u.email", "m.role"])
    .where("m.workspace_id", "=", workspaceId)
    .where("m.user_id", "=", userId)
    .executeTakeFirst();
  if (!row) return null;
  const { id, name, email, role } = row;
  return { kind: "person", userId: id, name, email, sessionId: "", workspaceId, role };
}
