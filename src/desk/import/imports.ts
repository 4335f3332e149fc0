import { z } from "zod";
import type { Actor, JsonObject } from "#kit";
import { newId, sha256 } from "#kit";
import { append } from "#platform/events";
import type { Jobs, Sweep, Task } from "#platform/jobs";
import { importStarted, importUploaded } from "../events.ts";
import { DeskError } from "../model/errors.ts";
import { previewSchedule } from "../model/schedule.ts";
import { readFile } from "./columns.ts";
import type { ImportDeps } from "./deps.ts";
import { exportPosts, templateCsv } from "./export.ts";
import * as lineStore from "./import-lines.store.ts";
import type { LineState } from "./import-states.ts";
import * as store from "./imports.store.ts";
import { workOn } from "./work.ts";

export type ImportView = store.ImportRow & { counts: Record<LineState, number> };

/** Posts from CSV files, and back into one. What an import makes are drafts: it approves nothing. */
export type Imports = {
  /**
   * Reads a file and begins to check its lines; nothing is made before `start`.
   *
   * @throws DeskError `desk.import_*` for a file that as a whole can't be read
   */
  upload(actor: Actor, file: { fileName: string; bytes: Uint8Array; zone: string | null }): Promise<string>;
  list(workspaceId: string): Promise<ImportView[]>;
  read(workspaceId: string, id: string): Promise<ImportView>;
  lines(
    workspaceId: string,
    id: string,
    page: { after: number; limit: number; states: LineState[] | null },
  ): Promise<lineStore.ImportLine[]>;
  /** Makes a draft of every good line. @throws DeskError `desk.import_state` */
  start(actor: Actor, id: string): Promise<void>;
  /** All posts that are not removed, newest first, as CSV that an import takes. */
  exportPosts(workspaceId: string): Promise<string>;
  /** A file with all columns and one example line that this workspace can import. */
  template(workspaceId: string): Promise<string>;
  tasks: Record<string, Task>;
  sweep: Sweep;
};

const importTask = "desk.import";
const payloadSchema = z.object({ workspaceId: z.uuid(), importId: z.uuid() });
/** A worker writes down its progress far more often. */
const silentMs = 120_000;

export function createImports(deps: ImportDeps): Imports {
  const { database, clock } = deps;

  async function read(workspaceId: string, id: string): Promise<ImportView> {
    return database.inWorkspace(workspaceId, async (db) => {
      const found = await store.findImport(db, workspaceId, id);
      if (!found) throw importNotFound();
      return { ...found, counts: await lineStore.countLines(db, workspaceId, id) };
    });
  }

  async function wakeStranded(): Promise<void> {
    const before = new Date(clock.now().getTime() - silentMs);
    const stranded = await store.strandedImports(database.system, before);
    await deps.jobs.enqueueMany(database.system, stranded.map(jobOf));
  }

  return {
    upload: (actor, file) => upload(deps, actor, file),
    list: (workspaceId) =>
      database.inWorkspace(workspaceId, async (db) => {
        const views: ImportView[] = [];
        for (const row of await store.newestImports(db, workspaceId)) {
          views.push({ ...row, counts: await lineStore.countLines(db, workspaceId, row.id) });
        }
        return views;
      }),
    read,
    lines: async (workspaceId, id, page) => {
      await read(workspaceId, id);
      return database.inWorkspace(workspaceId, (db) => lineStore.linesOf(db, workspaceId, id, page));
    },
    start: (actor, id) => start(deps, actor, id),
    exportPosts: (workspaceId) => exportPosts(database, workspaceId),
    template: (workspaceId) => templateCsv(database, deps.connectors, workspaceId, clock.now()),
    tasks: {
      [importTask]: (payload: JsonObject, { signal }) => workOn(deps, payloadSchema.parse(payload), signal),
    },
    sweep: { name: "desk.imports", everyMs: 60_000, run: wakeStranded },
  };
}

async function upload(
  deps: ImportDeps,
  actor: Actor,
  file: { fileName: string; bytes: Uint8Array; zone: string | null },
): Promise<string> {
  const { workspaceId } = actor;
  if (file.zone !== null) previewSchedule("2026-01-01T09:00", file.zone);
  const { lines, notice } = readFile(file.bytes);
  const id = newId();
  await deps.database.inWorkspace(workspaceId, async (db) => {
    await store.insertImport(db, workspaceId, {
      id,
      fileName: file.fileName.toWellFormed().replaceAll("\0", "").slice(0, 200) || "import.csv",
      sha256: sha256(file.bytes),
      zone: file.zone ?? (await store.zoneOf(db, workspaceId)),
      notice,
      lines,
      by: actor.userId,
      at: deps.clock.now(),
    });
    await enqueue(deps, db, { workspaceId, importId: id });
    const details = { fileName: file.fileName, lines: lines.length };
    await append(db, importUploaded, { actor, targetId: id, data: details });
  });
  return id;
}

async function start(deps: ImportDeps, actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  await deps.database.inWorkspace(workspaceId, async (db) => {
    const found = await store.findImport(db, workspaceId, id);
    if (!found) throw importNotFound();
    const move = { from: ["checked" as const], to: "importing" as const, now: deps.clock.now() };
    if (!(await store.moveImport(db, workspaceId, id, move))) {
      throw new DeskError({
        code: "desk.import_state",
        kind: "conflict",
        message:
          found.state === "checking"
            ? "This file is still being checked; wait a moment."
            : "This file was imported already; upload it again to import what is new in it.",
      });
    }
    await enqueue(deps, db, { workspaceId, importId: id });
    await append(db, importStarted, { actor, targetId: id });
  });
}

function jobOf(key: store.ImportKey) {
  return { task: importTask, payload: key, key: `${importTask}:${key.importId}` };
}

async function enqueue(
  deps: ImportDeps,
  db: Parameters<Jobs["enqueue"]>[0],
  key: store.ImportKey,
): Promise<void> {
  await deps.jobs.enqueueMany(db, [jobOf(key)]);
}

function importNotFound(): DeskError {
  return new DeskError({
    code: "desk.import_not_found",
    kind: "not_found",
    message: "There is no such import.",
  });
}
