import { allChannels } from "../model/channels.store.ts";
import type { TargetChannel } from "../model/check.ts";
import type { ImportDeps } from "./deps.ts";
import {
  type LinePreview,
  type LineResult,
  madeBefore,
  openLines,
  writeResults,
} from "./import-lines.store.ts";
import { type ImportKey, type ImportRow, moveImport } from "./imports.store.ts";
import { type LineDraft, interpret } from "./interpret.ts";
import { problemsOfLine } from "./line-problems.ts";

/** How many lines are checked in one transaction. */
const batchSize = 100;

/** Says of each line that waits what would become of it. */
export async function checkLines(
  deps: ImportDeps,
  { workspaceId, importId }: ImportKey,
  file: ImportRow,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    if (signal.aborted) return;
    const isOver = await deps.database.inWorkspace(workspaceId, async (db) => {
      const wanted = { state: "waiting" as const, limit: batchSize };
      const lines = await openLines(db, workspaceId, importId, wanted);
      const now = deps.clock.now();
      if (lines.length === 0) {
        await moveImport(db, workspaceId, importId, { from: ["checking"], to: "checked", now });
        return true;
      }
      const made = await madeBefore(
        db,
        workspaceId,
        lines.map(({ hash }) => hash),
      );
      const channels = await allChannels(db, workspaceId);
      const context = { channels, connectors: deps.connectors, zone: file.zone, now };
      const results: LineResult[] = [];
      for (const { line, hash, cells } of lines) {
        const postId = made.get(hash) ?? null;
        const read = interpret(cells, context);
        const problems = await problemsOfLine(deps, db, workspaceId, read, channels);
        const broken = problems.some(({ severity }) => severity === "error");
        const state = postId !== null ? "repeated" : broken ? "broken" : "ready";
        results.push({ line, state, problems, preview: previewOf(read.draft, channels), postId });
      }
      await writeResults(db, workspaceId, importId, results);
      await moveImport(db, workspaceId, importId, { from: ["checking"], to: "checking", now });
      return false;
    });
    if (isOver) return;
  }
}

function previewOf(draft: LineDraft | null, channels: TargetChannel[]): LinePreview | null {
  if (!draft) return null;
  const handles = new Map(channels.map(({ id, handle }) => [id, handle]));
  const { schedule, variants } = draft;
  return {
    title: draft.title,
    excerpt: Array.from(variants[0]?.content.parts[0] ?? "")
      .slice(0, 160)
      .join(""),
    channels: variants.map(({ channelId }) => handles.get(channelId) ?? channelId),
    when: schedule && `${schedule.wall.replace("T", " ")} (${schedule.zone})`,
  };
}
