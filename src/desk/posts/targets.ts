import type { Kysely } from "kysely";
import { z } from "zod";
import { channelTargetChanged } from "#channels";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { append, type Subscriber, subscriber } from "#platform/events";
import type { Jobs, Task } from "#platform/jobs";
import type { DeskDeps } from "../deps.ts";
import { postTargetChanged } from "../events.ts";
import { voidApproval } from "../model/approvals.store.ts";
import { bindingAsApproved, boundHash } from "../model/binding.ts";
import { lockPost, updatePost } from "../model/posts.store.ts";
import type { PostDeps } from "./hooks.ts";
import { type LoadedPost, loadPost } from "./load.ts";
import { settleStatus } from "./settle.ts";
import { approvedFor, isUnderWay } from "./targets.store.ts";

/** A transaction for each post. Until migration 0063 the database enqueued it itself. */
const targetChangedTask = "desk.target_changed";

const payloadSchema = z.object({ workspaceId: z.uuid(), channelId: z.uuid() });

/** Takes approvals back when a channel comes to lead elsewhere. */
export function targetSubscriber({ jobs }: { jobs: Jobs }): Subscriber {
  return subscriber({
    name: "desk.targets",
    to: [channelTargetChanged],
    order: "none",
    begins: "start",
    async handle(db, events) {
      const changes = events.flatMap(({ workspaceId, target }) =>
        target === null ? [] : [{ task: targetChangedTask, payload: { workspaceId, channelId: target.id } }],
      );
      await jobs.enqueueMany(db, changes);
    },
  });
}

export function targetTasks(deps: PostDeps): Record<string, Task> {
  return { [targetChangedTask]: (payload) => targetChanged(deps, payload) };
}

/**
 * A channel leads elsewhere than before: every approval that bound its former target falls, as after an edit, and
 * what waited to go out is taken back. Where part of a post is out already, the approval stays with what it sent, and
 * only what would have gone to the changed channel is given up. May run twice or late.
 */
export async function targetChanged(deps: PostDeps, payload: JsonObject): Promise<void> {
  const { workspaceId, channelId } = payloadSchema.parse(payload);
  const posts = await deps.database.inWorkspace(workspaceId, (db) => approvedFor(db, workspaceId, channelId));
  for (const { id, kind } of posts) {
    await deps.database.inWorkspace(workspaceId, async (db) => {
      if (!(await lockPost(db, workspaceId, id))) return;
      const post = await loadPost(db, deps, workspaceId, id);
      if (kind === "template") await deps.hooks.templateRedirected({ db, template: post, channelId });
      else await endApproval(deps, db, { workspaceId, channelId }, post);
    });
  }
}

async function endApproval(
  deps: DeskDeps,
  db: Kysely<Schema>,
  { workspaceId, channelId }: { workspaceId: string; channelId: string },
  post: LoadedPost,
): Promise<void> {
  const { approval } = post;
  if (!approval) return;
  const asApproved = bindingAsApproved(post, approval.boundAt, approval.targets);
  if (boundHash(asApproved) === approval.boundHash) return;
  const now = deps.clock.now();
  const reason = redirectionInWords(post, channelId, approval.targets[channelId]?.words);
  const where = { workspaceId, postId: post.id, channelId };
  await deps.deliveries.cancelOnChannel(db, where, { code: "delivery.target_changed", message: reason });
  if (await isUnderWay(db, workspaceId, post.id)) {
    await settleStatus(db, workspaceId, post.id, now);
  } else {
    await deps.deliveries.cancel(db, workspaceId, post.id);
    await voidApproval(db, workspaceId, post.id, reason, now);
    await updatePost(db, workspaceId, post.id, { status: "draft", updated_at: now });
  }
  await append(db, postTargetChanged, {
    actor: { kind: "system", workspaceId },
    targetId: post.id,
    data: { channelId, reason },
  });
}

/** "Email news@example.com goes to ... now; this was approved for ...". */
export function redirectionInWords(post: LoadedPost, channelId: string, former: string | undefined): string {
  const channel = post.channels.get(channelId);
  const name = channel?.handle ?? "A channel";
  const now = channel?.target.words ?? "elsewhere";
  return `${name} goes to ${now} now; this was approved for ${former ?? "where it went before"}`;
}
