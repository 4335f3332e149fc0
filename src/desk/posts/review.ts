import type { Actor } from "#kit";
import {
  postApprovalUndone,
  postApproved,
  postChangesRequested,
  postSubmitted,
  postWithdrawn,
} from "../events.ts";
import { insertDecision, voidApproval } from "../model/approvals.store.ts";
import { bindingOf, boundHash, targetsOf } from "../model/binding.ts";
import { did } from "../model/did.ts";
import { DeskError } from "../model/errors.ts";
import { updatePost } from "../model/posts.store.ts";
import { undoTooLate, undoWords } from "../model/undo.ts";
import { handOver } from "./hand-over.ts";
import type { PostDeps } from "./hooks.ts";
import { onPost } from "./transition.ts";

/** Asks for approval of a draft whose variants have no errors. */
export async function submitPost(deps: PostDeps, actor: Actor, id: string): Promise<void> {
  await onPost(deps, actor, id, "submit", async ({ db, now }) => {
    await updatePost(db, actor.workspaceId, id, { status: "in_review", updated_at: now });
    return did(postSubmitted);
  });
}

/** Takes a post out of review, or gives up its approval before anything was scheduled. */
export async function withdrawPost(deps: PostDeps, actor: Actor, id: string): Promise<void> {
  await onPost(deps, actor, id, "withdraw", async ({ db, now }) => {
    await voidApproval(db, actor.workspaceId, id, `${actor.name} withdrew the post`, now);
    await updatePost(db, actor.workspaceId, id, { status: "draft", updated_at: now });
    return did(postWithdrawn);
  });
}

/** Sends a post back to its author with what should change. */
export async function requestChanges(deps: PostDeps, actor: Actor, id: string, note: string): Promise<void> {
  await onPost(deps, actor, id, "request_changes", async ({ db, post, now }) => {
    const at = post.schedule?.at ?? null;
    await voidApproval(db, actor.workspaceId, id, `${actor.name} asked for changes`, now);
    await insertDecision(db, actor.workspaceId, {
      postId: id,
      version: post.version,
      boundHash: boundHash(bindingOf(post, at)),
      boundAt: at,
      decision: "changes_requested",
      note,
      decidedBy: actor.userId,
      decidedAt: now,
    });
    await updatePost(db, actor.workspaceId, id, { status: "draft", updated_at: now });
    return did(postChangesRequested, { note });
  });
}

/**
 * Approves exactly what the person saw. With a time already chosen, that time is approved too and the
 * post is scheduled at once; without one, any later time is fine. What it releases by itself waits for as long as
 * the approval can be taken back.
 *
 * @param seen.boundHash the hash that came with the page the person looked at
 * @throws DeskError `desk.changed_since_seen` when the post, its images or its time are no longer that
 */
export async function approvePost(
  deps: PostDeps,
  actor: Actor,
  id: string,
  seen: { boundHash: string; note: string },
): Promise<void> {
  await onPost(deps, actor, id, "approve", async ({ db, post, now }) => {
    const at = post.schedule?.at ?? null;
    const hash = boundHash(bindingOf(post, at));
    if (hash !== seen.boundHash) {
      throw new DeskError({
        code: "desk.changed_since_seen",
        kind: "conflict",
        message: "This post changed while you looked at it. Nothing was approved; read it again.",
      });
    }
    if (at !== null && at <= now) {
      throw new DeskError({
        code: "desk.schedule_past",
        kind: "conflict",
        message: "The time of this post has passed. Choose a later one or take it away, then approve.",
      });
    }
    const approvalId = await insertDecision(db, actor.workspaceId, {
      postId: id,
      version: post.version,
      boundHash: hash,
      boundAt: at,
      decision: "approved",
      targets: targetsOf(post),
      note: seen.note,
      decidedBy: actor.userId,
      decidedAt: now,
    });
    if (at === null) {
      await updatePost(db, actor.workspaceId, id, { status: "approved", updated_at: now });
    } else {
      await handOver(deps, db, actor.workspaceId, { postId: id, at, by: "approval" });
      await updatePost(db, actor.workspaceId, id, { status: "scheduled", updated_at: now });
    }
    return did(postApproved, { approvalId, boundHash: hash, at: at?.toISOString() ?? null });
  });
}

/**
 * Takes an approval back, within its first seconds and by the person who gave it: the post is in review again, as
 * if it had not been approved. Whether that came before a worker claimed anything is decided under the lock of the
 * deliveries' rows.
 *
 * @throws DeskError `desk.undo_too_late` afterwards, for anybody else, and once anything is on its way
 */
export async function undoApproval(deps: PostDeps, actor: Actor, id: string): Promise<void> {
  await onPost(deps, actor, id, "undo_approval", async ({ db, post, now }) => {
    const { workspaceId } = actor;
    const { tooLate } = await deps.deliveries.cancelUnclaimed(db, workspaceId, id);
    if (tooLate.length > 0) throw undoTooLate(undoWords.onItsWay);
    await voidApproval(db, workspaceId, id, `Taken back by ${actor.name}`, now, true);
    await updatePost(db, workspaceId, id, { status: "in_review", updated_at: now });
    return did(postApprovalUndone, { approvalId: post.approval?.id ?? null });
  });
}
