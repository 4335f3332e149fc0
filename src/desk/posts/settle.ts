import type { Kysely } from "kysely";
import { z } from "zod";
import type { JsonObject } from "#kit";
import { recordEvent } from "#platform/audit";
import type { Schema } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import type { PostStatus } from "../model/post.ts";
import { lockPost, updatePost } from "../model/posts.store.ts";
import { statusOf } from "../model/status.ts";
import { deliveryFacts, statusOfPost } from "./settle.store.ts";

/** The task that delivery enqueues whenever one of a post's deliveries has come to an end. */
export const deliverySettledTask = "desk.delivery_settled";

const settledPayload = z.object({ workspaceId: z.uuid(), postIds: z.array(z.uuid()) });

/** Brings posts' states in line with their deliveries. May run twice, late, or for a post that is gone. */
export async function deliverySettled(
  deps: Pick<DeskDeps, "database" | "clock">,
  payload: JsonObject,
): Promise<void> {
  const { workspaceId, postIds } = settledPayload.parse(payload);
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
  await recordEvent(db, {
    actor: { kind: "system", workspaceId },
    action: settledActions[status] ?? "post.settled",
    target: { kind: "post", id: postId },
    details: { from: before, to: status },
  });
}

const settledActions: Partial<Record<PostStatus, string>> = {
  published: "post.went_live",
  partly: "post.partly_live",
  waiting_for_channel: "post.waits_for_channel",
  failed: "post.failed",
  missed: "post.missed",
};
