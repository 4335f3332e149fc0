import type { Kysely } from "kysely";
import { z } from "zod";
import { deliverySettled } from "#delivery";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { append, type Subscriber, subscriber } from "#platform/events";
import type { Jobs, Task } from "#platform/jobs";
import type { DeskDeps } from "../deps.ts";
import {
  postFailed,
  postMissed,
  postPartlyLive,
  postSettled,
  postWaitsForChannel,
  postWentLive,
} from "../events.ts";
import type { PostStatus } from "../model/post.ts";
import { lockIdlePosts, lockPost, updatePost } from "../model/posts.store.ts";
import { statusOf } from "../model/status.ts";
import { deliveryFacts, statusOfPost } from "./settle.store.ts";

type SettleDeps = Pick<DeskDeps, "database" | "clock">;

/** For posts that somebody worked on while their deliveries settled. */
const settleTask = "desk.settle";
const settlePayload = z.object({ workspaceId: z.uuid(), postIds: z.array(z.uuid()) });

/**
 * Posts follow their deliveries. A post that somebody works on at the moment is not waited for, with all the others
 * locked: it is left to a job.
 */
export function settleSubscriber({ clock, jobs }: Pick<DeskDeps, "clock"> & { jobs: Jobs }): Subscriber {
  return subscriber({
    name: settleTask,
    to: [deliverySettled],
    order: "none",
    begins: "start",
    batch: 10,
    async handle(db, events) {
      const workspaceId = events[0]?.workspaceId;
      if (workspaceId === undefined) return;
      const postIds = new Set(events.flatMap(({ data }) => data.postIds));
      for (const postId of await lockIdlePosts(db, workspaceId, [...postIds])) {
        await settleStatus(db, workspaceId, postId, clock.now());
        postIds.delete(postId);
      }
      if (postIds.size > 0) await jobs.enqueue(db, settleTask, { workspaceId, postIds: [...postIds] });
    },
  });
}

export function settleTasks(deps: SettleDeps): Record<string, Task> {
  return { [settleTask]: (payload) => settlePosts(deps, payload) };
}

/** Brings posts' states in line with their deliveries. May run twice, late, or for a post that is gone. */
export async function settlePosts(deps: SettleDeps, payload: JsonObject): Promise<void> {
  const { workspaceId, postIds } = settlePayload.parse(payload);
  for (const postId of postIds) {
    await deps.database.inWorkspace(workspaceId, async (db) => {
      if (await lockPost(db, workspaceId, postId))
        await settleStatus(db, workspaceId, postId, deps.clock.now());
    });
  }
}

/** The post must be locked: a slower reader of older deliveries would overwrite the newer state. */
export async function settleStatus(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
  now: Date,
): Promise<void> {
  const before = await statusOfPost(db, workspaceId, postId);
  // Without a standing approval there are no facts: a draft stays a draft whatever comes in late.
  const status = statusOf(await deliveryFacts(db, workspaceId, postId), now);
  if (before === null || status === null || status === before) return;
  await updatePost(db, workspaceId, postId, { status, updated_at: now });
  await append(db, settledKinds[status] ?? postSettled, {
    actor: { kind: "system", workspaceId },
    targetId: postId,
    data: { from: before, to: status },
  });
}

const settledKinds: Partial<Record<PostStatus, SettledKind>> = {
  published: postWentLive,
  partly: postPartlyLive,
  waiting_for_channel: postWaitsForChannel,
  failed: postFailed,
  missed: postMissed,
};

type SettledKind =
  | typeof postWentLive
  | typeof postPartlyLive
  | typeof postWaitsForChannel
  | typeof postFailed
  | typeof postMissed;
