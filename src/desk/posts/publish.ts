import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import { postCancelled, postHeldBack, postPublished, postScheduled, postUnscheduled } from "../events.ts";
import { voidApproval } from "../model/approvals.store.ts";
import { did } from "../model/did.ts";
import type { Schedule, ScheduleRule } from "../model/post.ts";
import { setSchedule, updatePost } from "../model/posts.store.ts";
import { resolveSchedule, scheduleAt } from "../model/schedule.ts";
import type { Unready } from "../model/unready.ts";
import { handOver, withdrawDeliveries } from "./hand-over.ts";
import type { PostDeps } from "./hooks.ts";
import type { LoadedPost } from "./load.ts";
import { channelsOfDeliveries } from "./settle.store.ts";
import { settleStatus } from "./settle.ts";
import { type Step, onPost } from "./transition.ts";

export type ScheduleRequest = {
  wall: string;
  zone: string;
  rule?: ScheduleRule | undefined;
  unready?: Unready | undefined;
};

/** Channel ids whose deliveries could not be held back any more. */
export type HeldBack = { tooLate: string[] };

/**
 * Chooses the time. Before approval it is part of what will be approved. Under an approval for any time
 * the post is scheduled; under an approval for another time that approval falls and the post is a draft
 * again.
 *
 * @throws DeskError `desk.schedule_past`, `desk.schedule_ambiguous`, `desk.schedule_wall`, `desk.schedule_zone`
 */
export async function schedulePost(
  deps: PostDeps,
  actor: Actor,
  id: string,
  request: ScheduleRequest,
): Promise<void> {
  const { unready = "refuse" } = request;
  await onPost(deps, actor, id, { action: "schedule", unready }, async ({ db, post, now }) => {
    const schedule = resolveSchedule(request, now);
    await assignTime(deps, actor, { db, post, now, schedule, unready });
    return did(postScheduled, {
      wall: schedule.wall,
      zone: schedule.zone,
      rule: schedule.rule,
      at: schedule.at.toISOString(),
    });
  });
}

/** Gives a locked post its time; see `schedulePost` for what becomes of its approval. */
export async function assignTime(
  deps: DeskDeps,
  actor: Actor,
  { db, post, now, schedule, unready = "refuse" }: Step & { schedule: Schedule; unready?: Unready },
): Promise<void> {
  const { workspaceId } = actor;
  await withdrawDeliveries(deps, db, workspaceId, post);
  await setSchedule(db, workspaceId, post.id, schedule, now);
  const bound = post.approval?.boundAt ?? null;
  if (post.approval && bound !== null && bound.getTime() !== schedule.at.getTime()) {
    const reason = `${actor.name} moved the post from the approved time to ${schedule.wall} (${schedule.zone})`;
    await voidApproval(db, workspaceId, post.id, reason, now);
    await updatePost(db, workspaceId, post.id, { status: "draft", updated_at: now });
  } else if (post.approval) {
    await handOver(deps, db, workspaceId, { postId: post.id, at: schedule.at, by: "person", unready });
    await updatePost(db, workspaceId, post.id, { status: "scheduled", updated_at: now });
  }
}

/**
 * Takes the time away. An approval for any time stays; an approval for that time falls. Deliveries that
 * are already out or on their way stay, and the post with them.
 */
export async function unschedulePost(deps: PostDeps, actor: Actor, id: string): Promise<HeldBack> {
  const held: HeldBack = { tooLate: [] };
  await onPost(deps, actor, id, "unschedule", async ({ db, post, now }) => {
    const { workspaceId } = actor;
    held.tooLate = await cancelOrExplain(deps, db, workspaceId, post);
    if (held.tooLate.length > 0) return did(postHeldBack, { tooLate: held.tooLate });
    await setSchedule(db, workspaceId, id, null, now);
    if (post.approval?.boundAt) {
      await voidApproval(db, workspaceId, id, `${actor.name} took the approved time away`, now);
      await updatePost(db, workspaceId, id, { status: "draft", updated_at: now });
    } else if (post.approval) {
      await updatePost(db, workspaceId, id, { status: "approved", updated_at: now });
    }
    return did(postUnscheduled);
  });
  return held;
}

/** Sends an approved post now. What waited for a later time under the same approval goes out now instead. */
export async function publishPost(
  deps: PostDeps,
  actor: Actor,
  id: string,
  unready: Unready = "refuse",
): Promise<void> {
  await onPost(deps, actor, id, { action: "publish", unready }, async ({ db, post, now }) => {
    const { workspaceId } = actor;
    await withdrawDeliveries(deps, db, workspaceId, post);
    await setSchedule(db, workspaceId, id, scheduleAt(now, post.workspace.timeZone), now);
    await handOver(deps, db, workspaceId, { postId: id, at: now, by: "person", unready });
    await updatePost(db, workspaceId, id, { status: "publishing", updated_at: now });
    return did(postPublished, { at: now.toISOString() });
  });
}

/** Gives a post up: whatever has not left stays here. What was too late to hold back is told. */
export async function cancelPost(deps: PostDeps, actor: Actor, id: string): Promise<HeldBack> {
  const held: HeldBack = { tooLate: [] };
  await onPost(deps, actor, id, "cancel", async ({ db, post, now }) => {
    const { workspaceId } = actor;
    held.tooLate = await cancelOrExplain(deps, db, workspaceId, post);
    if (held.tooLate.length > 0) return did(postHeldBack, { tooLate: held.tooLate });
    await voidApproval(db, workspaceId, id, `${actor.name} cancelled the post`, now);
    await updatePost(db, workspaceId, id, { status: "cancelled", updated_at: now });
    return did(postCancelled);
  });
  return held;
}

/**
 * Cancels what can be cancelled. Where something could not, the post's state follows its deliveries, and the answer is
 * the channels that it was too late for.
 */
async function cancelOrExplain(
  deps: DeskDeps,
  db: Kysely<Schema>,
  workspaceId: string,
  post: LoadedPost,
): Promise<string[]> {
  const { tooLate } = await deps.deliveries.cancel(db, workspaceId, post.id);
  if (tooLate.length === 0) return [];
  await settleStatus(db, workspaceId, post.id, deps.clock.now());
  return channelsOfDeliveries(db, workspaceId, tooLate);
}
