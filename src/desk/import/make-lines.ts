import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import { GalleyError } from "#kit";
import { isUniqueViolation, type Schema } from "#platform/db";
import { allChannels } from "../model/channels.store.ts";
import { DeskError } from "../model/errors.ts";
import { setSchedule } from "../model/posts.store.ts";
import { insertDraft } from "../posts/write.ts";
import type { ImportDeps } from "./deps.ts";
import {
  type LineResult,
  type OpenLine,
  countLines,
  madeBefore,
  openLines,
  takeLine,
  writeResults,
} from "./import-lines.store.ts";
import { type ImportKey, type ImportRow, actorOfImport, moveImport } from "./imports.store.ts";
import { type Interpreted, type LineDraft, type LineProblem, interpret } from "./interpret.ts";
import { type FetchedImages, attachImages } from "./line-images.ts";
import { problemsOfLine, withMedia } from "./line-problems.ts";

/**
 * Makes a draft of every line that is good.
 *
 * @throws AggregateError of failures that are Galley's own, when every other line is made
 */
export async function makeLines(
  deps: ImportDeps,
  key: ImportKey,
  file: ImportRow,
  signal: AbortSignal,
): Promise<void> {
  const { workspaceId, importId } = key;
  const actor = await actorOfImport(deps.database.system, workspaceId, file.createdBy);
  if (!actor) {
    await deps.database.inWorkspace(workspaceId, (db) =>
      moveImport(db, workspaceId, importId, {
        from: ["importing"],
        to: "failed",
        now: deps.clock.now(),
        notice: "Who started this import is no longer a member of the workspace; upload the file again.",
      }),
    );
    return;
  }
  const making = { actor, file, images: new Map(), signal, defects: [] };
  while (!signal.aborted) {
    const [next] = await deps.database.inWorkspace(workspaceId, (db) =>
      openLines(db, workspaceId, importId, { state: "ready", limit: 1 }),
    );
    if (!next) {
      await deps.database.inWorkspace(workspaceId, (db) =>
        finish(db, workspaceId, importId, deps.clock.now()),
      );
      break;
    }
    await makeLine(deps, key, making, next);
  }
  // Told when every other line is made: the job's failure is what reaches the log.
  const { defects } = making;
  if (defects.length > 0) throw new AggregateError(defects, "lines of an import could not be made");
}

/** Over when no line is left, not when another worker holds the last ones. */
async function finish(db: Kysely<Schema>, workspaceId: string, importId: string, now: Date): Promise<void> {
  const { ready } = await countLines(db, workspaceId, importId);
  if (ready === 0) await moveImport(db, workspaceId, importId, { from: ["importing"], to: "done", now });
}

type Making = {
  actor: Actor;
  file: ImportRow;
  images: FetchedImages;
  signal: AbortSignal;
  /** Failures that are Galley's own. */
  defects: unknown[];
};

/**
 * One line in a transaction of its own: whatever is wrong with it is its own. What is no answer to it (a full disk,
 * a database that went away) is thrown; a failure that nobody expected is tried once more and then told.
 */
async function makeLine(deps: ImportDeps, key: ImportKey, making: Making, line: OpenLine): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await tryLine(deps, key, making, line);
      return;
    } catch (error) {
      if (making.signal.aborted) return;
      const repeated = isUniqueViolation(error, "import_lines_made");
      const problem = repeated ? null : problemOf(error);
      if (!repeated && problem === null && attempt === 1) continue;
      if (!repeated && problem === null) making.defects.push(error);
      await deps.database.inWorkspace(key.workspaceId, async (db) => {
        const result = repeated
          ? await asRepeated(db, key.workspaceId, line)
          : brokenLine(line, problem ?? unexpected);
        await writeResults(db, key.workspaceId, key.importId, [result]);
      });
      return;
    }
  }
}

const unexpected: LineProblem = {
  column: "",
  message:
    "Galley failed at this line, and its log says how. Import the file again: what was made is not made twice.",
  severity: "error",
};

function brokenLine({ line }: OpenLine, problem: LineProblem): LineResult {
  return { line, state: "broken", preview: null, postId: null, problems: [problem] };
}

async function tryLine(deps: ImportDeps, key: ImportKey, making: Making, line: OpenLine): Promise<void> {
  const { workspaceId } = key;
  const { draft, problems } = await deps.database.inWorkspace(workspaceId, (db) =>
    readLine(deps, db, key, making.file, line),
  );
  // Before the transaction that writes: nothing is locked while another server takes its time.
  const attached = draft ? await attachImages(deps, making, draft.media) : [];
  await deps.database.inWorkspace(workspaceId, async (db) => {
    if (!(await takeLine(db, workspaceId, key.importId, line.line))) return;
    const result =
      !draft || !Array.isArray(attached)
        ? {
            state: "broken" as const,
            problems: Array.isArray(attached) ? problems : [attached],
            postId: null,
          }
        : await writeDraft(deps, db, making.actor, draft, attached);
    await writeResults(db, workspaceId, key.importId, [{ ...result, line: line.line, preview: null }]);
    const move = { from: ["importing" as const], to: "importing" as const, now: deps.clock.now() };
    await moveImport(db, workspaceId, key.importId, move);
  });
}

async function readLine(
  deps: ImportDeps,
  db: Kysely<Schema>,
  { workspaceId }: ImportKey,
  { zone }: ImportRow,
  { cells }: OpenLine,
): Promise<Interpreted> {
  const channels = await allChannels(db, workspaceId);
  return interpret(cells, { channels, connectors: deps.connectors, zone, now: deps.clock.now() });
}

async function writeDraft(
  deps: ImportDeps,
  db: Kysely<Schema>,
  actor: Actor,
  draft: LineDraft,
  attached: { mediaId: string; altText: string }[],
) {
  const { workspaceId } = actor;
  const variants = withMedia(draft, attached);
  const postId = await insertDraft(deps, db, actor, { title: draft.title, variants }, null);
  if (draft.schedule) await setSchedule(db, workspaceId, postId, draft.schedule, deps.clock.now());
  const media = attached.map(({ mediaId, altText }) => ({ id: mediaId, altText }));
  const channels = await allChannels(db, workspaceId);
  const problems = await problemsOfLine(
    deps,
    db,
    workspaceId,
    { draft: { ...draft, media }, problems: [] },
    channels,
  );
  return { state: "made" as const, problems, postId };
}

async function asRepeated(
  db: Kysely<Schema>,
  workspaceId: string,
  { line, hash }: OpenLine,
): Promise<LineResult> {
  const postId = (await madeBefore(db, workspaceId, [hash])).get(hash) ?? null;
  return { line, state: "repeated", problems: [], preview: null, postId };
}

/**
 * A refusal that a person can act on, as the line's own; null for a failure that nobody expected.
 *
 * @throws the error itself where nothing at all can be made just now
 */
function problemOf(error: unknown): LineProblem | null {
  if (!(error instanceof GalleyError) || error.kind === "internal") return null;
  if (error.kind === "unavailable") throw error;
  const isFile = !(error instanceof DeskError) || /^desk\.(?:image|video|document)/u.test(error.code);
  const column = isFile ? "media" : "";
  return { column, message: error.message, severity: "error" };
}
