import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import { bindingAsApproved, boundHash, mediaOf } from "../model/binding.ts";
import { DeskError } from "../model/errors.ts";
import { factsFor, type Unready, unreadyChannels } from "../model/unready.ts";
import { type LoadedPost, loadPost } from "./load.ts";

export type Release = {
  postId: string;
  at: Date;
  /**
   * What sends it on its way: an approval alone, which can still be taken back for a moment, or a person who
   * decided on the time after it.
   */
  by: "approval" | "person";
  /** Whether channels that are not set up are left out, each with its reason; by default nothing is handed over. */
  unready?: Unready | undefined;
};

/**
 * The one way from the desk to delivery. Under the post's lock it reads the post again, computes the
 * hash of what it is about to hand over, and hands it over only if a standing approval binds that hash
 * and this time. Delivery keeps the copy; nothing that happens on the desk later reaches it.
 *
 * @throws DeskError `desk.not_approved`, or `desk.not_ready` when a channel or a limit changed since
 */
export async function handOver(
  deps: DeskDeps,
  db: Kysely<Schema>,
  workspaceId: string,
  { postId, at, by, unready = "refuse" }: Release,
): Promise<void> {
  const post = await loadPost(db, deps, workspaceId, postId);
  const { approval } = post;
  const binding = bindingAsApproved(post, approval?.boundAt ?? null, approval?.targets ?? {});
  const hash = boundHash(binding);
  const timeFits = approval?.boundAt == null || approval.boundAt.getTime() === at.getTime();
  if (approval?.decidedBy == null || approval.boundHash !== hash || !timeFits) {
    throw new DeskError({
      code: "desk.not_approved",
      kind: "conflict",
      message: "No approval stands for what this post says now, at this time. Submit it for approval.",
    });
  }
  const skipped = unready === "skip" ? unreadyChannels(post.checks) : new Map<string, never>();
  const { problems } = factsFor(post, unready);
  if (problems.length > 0) {
    throw new DeskError({
      code: "desk.not_ready",
      kind: "unprocessable",
      message: problems[0]?.message ?? "This post is not ready.",
      problems,
    });
  }
  await deps.deliveries.request(db, {
    workspaceId,
    postId,
    approval: { id: approval.id, decidedBy: approval.decidedBy.id, binding },
    variants: post.variants.map(({ channelId, content }) => ({
      channelId,
      content,
      media: mediaOf(content, post.media),
      skipped: skipped.get(channelId) ?? null,
    })),
    dueAt: at,
    notBefore: by === "approval" ? approval.notBefore : null,
    graceSeconds: post.workspace.graceSeconds,
  });
}

/**
 * Takes back what was handed over, for a post that is about to change.
 *
 * @throws DeskError `desk.already_publishing` when part of it may be out; then nothing is taken back
 */
export async function withdrawDeliveries(
  deps: Pick<DeskDeps, "deliveries">,
  db: Kysely<Schema>,
  workspaceId: string,
  post: LoadedPost,
): Promise<void> {
  const { tooLate } = await deps.deliveries.cancel(db, workspaceId, post.id);
  if (tooLate.length === 0) return;
  throw new DeskError({
    code: "desk.already_publishing",
    kind: "conflict",
    message: "Part of this post is already on its way and cannot be held back; it stays as it is.",
  });
}
