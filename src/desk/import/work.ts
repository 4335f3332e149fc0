import { checkLines } from "./check-lines.ts";
import type { ImportDeps } from "./deps.ts";
import { type ImportKey, findImport } from "./imports.store.ts";
import { makeLines } from "./make-lines.ts";

/**
 * Does what is left of an import, from where it stands: checks its lines, or makes those that are good into
 * drafts. Safe to run twice at once and again after a crash.
 */
export async function workOn(deps: ImportDeps, key: ImportKey, signal: AbortSignal): Promise<void> {
  const { workspaceId, importId } = key;
  const found = await deps.database.inWorkspace(workspaceId, (db) => findImport(db, workspaceId, importId));
  if (found?.state === "checking") await checkLines(deps, key, found, signal);
  if (found?.state === "importing") await makeLines(deps, key, found, signal);
}
