import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import { newId, wellFormedProblem } from "#kit";
import type { Schema } from "#platform/db";
import { append } from "#platform/events";
import type { DeskDeps } from "../deps.ts";
import { postCreated, postEdited, postProposed } from "../events.ts";
import { holdMedia } from "../media/media.store.ts";
import { voidApproval } from "../model/approvals.store.ts";
import { versionHash } from "../model/binding.ts";
import { targetChannels } from "../model/channels.store.ts";
import { textProblems } from "../model/check.ts";
import { did } from "../model/did.ts";
import { DeskError } from "../model/errors.ts";
import type { Source, Variant } from "../model/post.ts";
import { addVersion, insertPost, updatePost } from "../model/posts.store.ts";
import { type NewVersion, isPassing, keepVersion, postOfRun } from "../model/versions.store.ts";
import { withdrawDeliveries } from "./hand-over.ts";
import type { PostDeps } from "./hooks.ts";
import type { LoadedPost } from "./load.ts";
import { onPost } from "./transition.ts";

export type Draft = { title: string; variants: Variant[]; sources?: Source[] | undefined };

export type Edit = Draft & { baseVersion: number; autosave?: boolean | undefined };

/** What a program saves for one person within this is one version of the history. */
const autosaveMs = 5 * 60_000;

/**
 * Saves a new draft and returns its id. A draft may still have problems; only what could not be stored,
 * or names a channel or image that does not exist, is refused (`desk.invalid_draft`).
 */
export async function createPost(deps: DeskDeps, actor: Actor, draft: Draft): Promise<string> {
  return deps.database.inWorkspace(actor.workspaceId, (db) => insertDraft(deps, db, actor, draft, null));
}

/**
 * Saves what the agent wrote, for the person who asked for it. It is a draft like any other: nothing
 * the agent does can submit, approve or publish it. A run proposes one post: asked again after a crash,
 * this returns the post that stands.
 */
export async function proposePost(
  deps: DeskDeps,
  actor: Actor,
  proposal: Draft & { runId: string },
): Promise<string> {
  return deps.database.inWorkspace(actor.workspaceId, (db) =>
    insertDraft(deps, db, actor, proposal, proposal.runId),
  );
}

/**
 * Saves a new version on top of `baseVersion`. What changes the content voids the approval, takes back
 * what was scheduled and returns the post to draft; a new title alone does not, and saving what is there
 * already adds no version. Where somebody saved in between, their version stays in the history whoever saves next.
 *
 * @throws DeskError `desk.version_conflict` when somebody saved in between, `desk.already_publishing`
 *   when part of the post can no longer be held back
 */
export async function editPost(deps: PostDeps, actor: Actor, id: string, edit: Edit): Promise<void> {
  const found = { version: edit.baseVersion };
  await onPost(deps, actor, id, "edit", async ({ db, post, now }) => {
    found.version = post.version;
    if (edit.baseVersion !== post.version) {
      // Whoever collided with it may be the same person in another window, whose programs would write over it.
      await keepVersion(db, actor.workspaceId, id, post.version);
      return null;
    }
    const version = await newVersion(db, actor, edit, {
      number: post.version + 1,
      runId: null,
      autosaved: edit.autosave === true,
      now,
    });
    if (version.contentHash === post.contentHash && version.title === post.title) return null;
    const replaced = edit.autosave === true && (await isOwnAutosave(db, actor, post, now));
    await addVersion(db, actor.workspaceId, id, version, replaced ? post.version : null);
    const changed = version.contentHash !== post.contentHash;
    if (changed) {
      await withdrawDeliveries(deps, db, actor.workspaceId, post);
      await voidApproval(
        db,
        actor.workspaceId,
        id,
        `${actor.name} edited the post (version ${version.number})`,
        now,
      );
      await updatePost(db, actor.workspaceId, id, { status: "draft", updated_at: now });
      if (post.facts.template) {
        const change = { db, workspaceId: actor.workspaceId, templateId: id, now };
        await deps.hooks.templateEdited({ ...change, reason: `${actor.name} edited the template` });
      }
    }
    // The version that it takes the place of told the audit log already that this person is writing.
    if (replaced && !changed) return null;
    return did(postEdited, { version: version.number, contentChanged: changed });
  });
  // Told when what was kept is kept for good.
  if (found.version !== edit.baseVersion) throw versionConflict(edit.baseVersion, found.version);
}

function versionConflict(edited: number, newest: number): DeskError {
  return new DeskError({
    code: "desk.version_conflict",
    kind: "conflict",
    message: `This post was changed meanwhile: you edited version ${edited}, the newest is ${newest}. Load it and merge your changes.`,
  });
}

/**
 * True when a program saved the newest version for this person a moment ago, nobody has decided on it and nobody's
 * edit collided with it: then it is a step on the way to the one that comes now.
 */
async function isOwnAutosave(
  db: Kysely<Schema>,
  actor: Actor,
  post: LoadedPost,
  now: Date,
): Promise<boolean> {
  if (post.versionBy !== actor.userId || post.status !== "draft") return false;
  return isPassing(db, actor.workspaceId, post.id, {
    number: post.version,
    authorKind: actor.kind,
    since: new Date(now.getTime() - autosaveMs),
  });
}

/** Writes a draft in the caller's transaction and returns its id. */
export async function insertDraft(
  { clock }: Pick<DeskDeps, "clock">,
  db: Kysely<Schema>,
  actor: Actor,
  draft: Draft,
  runId: string | null,
): Promise<string> {
  const { workspaceId } = actor;
  const standing = runId === null ? null : await postOfRun(db, workspaceId, runId);
  if (standing !== null) return standing;
  const id = newId();
  const version = await newVersion(db, actor, draft, {
    number: 1,
    runId,
    autosaved: false,
    now: clock.now(),
  });
  await insertPost(db, workspaceId, id, version, draft.sources ?? []);
  const { title } = draft;
  if (runId === null) await append(db, postCreated, { actor, targetId: id, data: { title } });
  else await append(db, postProposed, { actor, targetId: id, data: { title, runId } });
  return id;
}

/**
 * What is written of a draft, checked: it can be stored, and its channels and files are there.
 *
 * @throws DeskError `desk.invalid_draft`
 */
export async function newVersion(
  db: Kysely<Schema>,
  actor: Actor,
  draft: Draft,
  known: { number: number; runId: string | null; autosaved: boolean; now: Date },
): Promise<NewVersion> {
  assertStorable(draft);
  const channelIds = draft.variants.map(({ channelId }) => channelId);
  const mediaIds = draft.variants.flatMap(({ content }) => content.media.map(({ mediaId }) => mediaId));
  const channels = await targetChannels(db, actor.workspaceId, channelIds);
  const media = await holdMedia(db, actor.workspaceId, mediaIds);
  const problems = draft.variants.flatMap(({ channelId, content }, index) => [
    ...(channels.has(channelId)
      ? []
      : [
          {
            path: `/variants/${index}/channelId`,
            code: "desk.channel_unknown",
            message: "There is no such channel.",
          },
        ]),
    ...(channelIds.indexOf(channelId) === index
      ? []
      : [
          {
            path: `/variants/${index}/channelId`,
            code: "desk.channel_twice",
            message: "This channel has a variant already.",
          },
        ]),
    ...content.media.flatMap(({ mediaId }, position) =>
      media.has(mediaId)
        ? []
        : [
            {
              path: `/variants/${index}/content/media/${position}`,
              code: "desk.media_not_found",
              message: "There is no such image.",
            },
          ],
    ),
  ]);
  if (problems.length > 0) throw invalidDraft(problems);
  return {
    number: known.number,
    title: draft.title,
    variants: draft.variants,
    contentHash: versionHash(draft.variants, media),
    authorKind: known.runId === null ? actor.kind : "agent",
    createdBy: actor.userId,
    runId: known.runId,
    autosaved: known.autosaved,
    at: known.now,
  };
}

/** Text with lone surrogates or NUL cannot be stored; it is refused with its place, never repaired. */
function assertStorable(draft: Draft): void {
  const title = wellFormedProblem("/title", draft.title);
  const sources = (draft.sources ?? []).flatMap((source, index) =>
    [source.kind, source.url ?? "", source.title, source.excerpt].flatMap(
      (text) => wellFormedProblem(`/sources/${index}`, text) ?? [],
    ),
  );
  const variants = draft.variants.flatMap(({ content }, index) =>
    textProblems(content, wellFormedProblem).map(({ path, code, message }) => ({
      path: `/variants/${index}/content${path}`,
      code,
      message,
    })),
  );
  const problems = [...(title ? [title] : []), ...sources, ...variants];
  if (problems.length > 0) throw invalidDraft(problems);
}

function invalidDraft(problems: { path: string; code: string; message: string }[]): DeskError {
  return new DeskError({
    code: "desk.invalid_draft",
    kind: "unprocessable",
    message: problems[0]?.message ?? "This draft cannot be saved.",
    problems,
  });
}
