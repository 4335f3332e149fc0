import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import { GalleyError } from "#kit";
import { isUniqueViolation, type Schema } from "#platform/db";
import { type TargetChannel, checkVariants } from "../model/check.ts";
import { DeskError } from "../model/errors.ts";
import { mediaByIds } from "../media/media.store.ts";
import { setSchedule, targetChannels } from "../model/posts.store.ts";
import { insertDraft } from "../posts/write.ts";
import type { ImportDeps } from "./deps.ts";
import * as store from "./imports.store.ts";
import {
  type Interpreted,
  type LineDraft,
  type LineMedia,
  type LineProblem,
  interpret,
} from "./interpret.ts";

const batch = 100;
const largestImage = 20_000_000;
const imageTimeoutMs = 30_000;

type Key = { workspaceId: string; importId: string };

/**
 * Does what is left of an import, from where it stands: checks its lines, or makes those that are good into
 * drafts. Safe to run twice at once and again after a crash.
 */
export async function workOn(deps: ImportDeps, key: Key, signal: AbortSignal): Promise<void> {
  const { workspaceId, importId } = key;
  const found = await deps.database.inWorkspace(workspaceId, (db) =>
    store.findImport(db, workspaceId, importId),
  );
  if (found?.state === "checking") await checkLines(deps, key, found, signal);
  if (found?.state === "importing") await makeLines(deps, key, found, signal);
}

async function checkLines(
  deps: ImportDeps,
  { workspaceId, importId }: Key,
  file: store.ImportRow,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    if (signal.aborted) return;
    const isOver = await deps.database.inWorkspace(workspaceId, async (db) => {
      const wanted = { state: "waiting" as const, limit: batch };
      const lines = await store.openLines(db, workspaceId, importId, wanted);
      const now = deps.clock.now();
      if (lines.length === 0) {
        await store.moveImport(db, workspaceId, importId, { from: ["checking"], to: "checked", now });
        return true;
      }
      const made = await store.madeBefore(
        db,
        workspaceId,
        lines.map(({ hash }) => hash),
      );
      const channels = await allChannels(db, workspaceId);
      const around = { channels, connectors: deps.connectors, zone: file.zone, now };
      const results: store.LineResult[] = [];
      for (const { line, hash, cells } of lines) {
        const postId = made.get(hash) ?? null;
        const read = interpret(cells, around);
        const problems = await judged(deps, db, workspaceId, read, channels);
        const broken = problems.some(({ severity }) => severity === "error");
        const state = postId !== null ? "repeated" : broken ? "broken" : "ready";
        results.push({ line, state, problems, preview: previewOf(read.draft, channels), postId });
      }
      await store.writeResults(db, workspaceId, importId, results);
      await store.moveImport(db, workspaceId, importId, { from: ["checking"], to: "checking", now });
      return false;
    });
    if (isOver) return;
  }
}

/** What the platforms would say is told but keeps no line from becoming a draft. */
async function judged(
  deps: ImportDeps,
  db: Kysely<Schema>,
  workspaceId: string,
  { draft, problems }: Interpreted,
  channels: TargetChannel[],
): Promise<LineProblem[]> {
  if (!draft) return problems;
  const ids = draft.media.flatMap((media) => ("id" in media ? [media.id] : []));
  const known = await mediaByIds(db, workspaceId, ids);
  const missing = ids
    .filter((id) => !known.has(id))
    .map((id) => ({ column: "media", message: `There is no image ${id}.`, severity: "error" as const }));
  if (missing.length > 0) return missing;
  // Images that are still to be fetched are judged when they are here.
  const attached = draft.media.flatMap((media) =>
    "id" in media ? [{ mediaId: media.id, altText: media.altText }] : [],
  );
  const { connectors, connectorSettings } = deps;
  const checks = checkVariants(withMedia(draft, attached), {
    connectors,
    connectorSettings,
    media: known,
    channels: new Map(channels.map((channel) => [channel.id, channel])),
  });
  const waiting = draft.media.some((media) => "url" in media);
  const told = checks.flatMap((check) =>
    check.problems
      .filter(({ path, code }) => !(waiting && (path.startsWith("/media") || code.includes("media"))))
      .map(({ path, message }) => ({ column: columnOf(path), message, severity: "warning" as const })),
  );
  return [...new Map(told.map((problem) => [problem.column + problem.message, problem])).values()];
}

function columnOf(path: string): string {
  if (path.startsWith("/parts")) return "text";
  if (path.startsWith("/link")) return "link";
  if (path.startsWith("/media")) return path.endsWith("altText") ? "alt text" : "media";
  if (path.startsWith("/firstComment")) return "first comment";
  if (path.startsWith("/options")) return "options";
  return "channels";
}

function previewOf(draft: LineDraft | null, channels: TargetChannel[]): store.LinePreview | null {
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

async function makeLines(
  deps: ImportDeps,
  key: Key,
  file: store.ImportRow,
  signal: AbortSignal,
): Promise<void> {
  const { workspaceId, importId } = key;
  const actor = await actorOfImport(deps, workspaceId, file.createdBy);
  if (!actor) {
    await deps.database.inWorkspace(workspaceId, (db) =>
      store.moveImport(db, workspaceId, importId, {
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
      store.openLines(db, workspaceId, importId, { state: "ready", limit: 1 }),
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
  const { ready } = await store.countLines(db, workspaceId, importId);
  if (ready === 0)
    await store.moveImport(db, workspaceId, importId, { from: ["importing"], to: "done", now });
}

type Making = {
  actor: Actor;
  file: store.ImportRow;
  /** What was fetched, or why it was not, by address. */
  images: Map<string, string | LineProblem>;
  signal: AbortSignal;
  /** Failures that are Galley's own. */
  defects: unknown[];
};

/**
 * One line in a transaction of its own: whatever is wrong with it is its own. What is no answer to it (a full disk,
 * a database that went away) is thrown; a failure that nobody expected is tried once more and then told.
 */
async function makeLine(deps: ImportDeps, key: Key, making: Making, line: store.OpenLine): Promise<void> {
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
        await store.writeResults(db, key.workspaceId, key.importId, [result]);
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

function brokenLine({ line }: store.OpenLine, problem: LineProblem): store.LineResult {
  return { line, state: "broken", preview: null, postId: null, problems: [problem] };
}

async function tryLine(deps: ImportDeps, key: Key, making: Making, line: store.OpenLine): Promise<void> {
  const { workspaceId } = key;
  const { draft, problems } = await deps.database.inWorkspace(workspaceId, (db) =>
    readLine(deps, db, key, making.file, line),
  );
  // Before the transaction that writes: nothing is locked while another server takes its time.
  const attached = draft ? await attach(deps, making, draft.media) : [];
  await deps.database.inWorkspace(workspaceId, async (db) => {
    if (!(await store.takeLine(db, workspaceId, key.importId, line.line))) return;
    const result =
      !draft || !Array.isArray(attached)
        ? {
            state: "broken" as const,
            problems: Array.isArray(attached) ? problems : [attached],
            postId: null,
          }
        : await writeDraft(deps, db, making.actor, draft, attached);
    await store.writeResults(db, workspaceId, key.importId, [{ ...result, line: line.line, preview: null }]);
    const move = { from: ["importing" as const], to: "importing" as const, now: deps.clock.now() };
    await store.moveImport(db, workspaceId, key.importId, move);
  });
}

async function readLine(
  deps: ImportDeps,
  db: Kysely<Schema>,
  { workspaceId }: Key,
  { zone }: store.ImportRow,
  { cells }: store.OpenLine,
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
  const problems = await judged(
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
  { line, hash }: store.OpenLine,
): Promise<store.LineResult> {
  const postId = (await store.madeBefore(db, workspaceId, [hash])).get(hash) ?? null;
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

/**
 * Images by id, or fetched by address through the rules for outgoing connections; each once per import. What cannot
 * be fetched or is no image is a problem of the lines that name it.
 */
async function attach(
  deps: ImportDeps,
  { actor, images, signal }: Making,
  media: LineMedia[],
): Promise<{ mediaId: string; altText: string }[] | LineProblem> {
  const attached = [];
  for (const one of media) {
    const { altText } = one;
    const found =
      "id" in one ? one.id : (images.get(one.url) ?? (await fetchImage(deps, actor, one, signal)));
    if ("url" in one) images.set(one.url, found);
    if (typeof found !== "string") return found;
    attached.push({ mediaId: found, altText });
  }
  return attached;
}

async function fetchImage(
  deps: ImportDeps,
  actor: Actor,
  { url, altText }: { url: string; altText: string },
  signal: AbortSignal,
): Promise<string | LineProblem> {
  const options = { maxBytes: largestImage, timeoutMs: imageTimeoutMs, accept: "image/*", signal };
  const answer = await deps.http.fetchDocument(url, options).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof GalleyError) || error.kind === "internal") throw error;
    return error;
  });
  if (answer instanceof GalleyError) return notFetched(`${url} could not be fetched: ${answer.message}`);
  if (answer.status !== 200) return notFetched(`${url} answered ${answer.status} instead of an image.`);
  const fileName = new URL(url).pathname.split("/").at(-1) || "image";
  const added = await deps.media.addBytes(actor, { bytes: answer.body, fileName, altText });
  return added.mediaId;
}

function notFetched(message: string): LineProblem {
  return { column: "media", message, severity: "error" };
}

function withMedia(draft: LineDraft, media: { mediaId: string; altText: string }[]) {
  return draft.variants.map(({ channelId, content }) => ({ channelId, content: { ...content, media } }));
}

async function allChannels(db: Kysely<Schema>, workspaceId: string): Promise<TargetChannel[]> {
  return [...(await targetChannels(db, workspaceId, "all")).values()];
}

/** Whoever started it, with the role that they have now; null where they have gone. */
async function actorOfImport(
  deps: ImportDeps,
  workspaceId: string,
  userId: string | null,
): Promise<Actor | null> {
  if (userId === null) return null;
  const row = await deps.database.system
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
