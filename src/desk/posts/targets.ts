import type { Kysely } from "kysely";
import { z } from "zod";
import type { JsonObject } from "#kit";
import { recordEvent } from "#platform/audit";
import type { Schema } from "#platform/db";
import { voidApproval } from "../model/approvals.store.ts";
import { bindingAsApproved, boundHash } from "../model/binding.ts";
import type { DeskDeps } from "../deps.ts";
import type { PostDeps } from "./hooks.ts";
import { type LoadedPost, loadPost } from "./load.ts";
import { lockPost, updatePost } from "../model/posts.store.ts";
import { settleStatus } from "./settle.ts";
import { approvedFor, isUnderWay } from "./targets.store.ts";

/** The task that the database enqueues when a channel comes to lead elsewhere. */
export const targetChangedTask = "desk.target_changed";

const payloadSchema = z.object({ workspaceId: z.uuid(), channelId: z.uuid() });

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
  await recordEvent(db, {
    actor: { kind: "system", workspaceId },
    action: "post.target_changed",
    target: { kind: "post", id: post.id },
    details: { channelId, reason },
  });
}

/** "Email news@example.com goes to ... now; this was approved for ...". */
export function redirectionInWords(post: LoadedPost, channelId: string, former: string | undefined): string {
  const channel = post.channels.get(channelId);
  const name = channel?.handle ?? "A channel";
  const now = channel?.target.words ?? "elsewhere";
  return `${name} goes to ${now} now; this was approved for ${former ?? "where it went before"}`;
}
