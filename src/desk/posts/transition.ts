import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import { append } from "#platform/events";
import type { Done } from "../model/did.ts";
import { postNotFound } from "../model/errors.ts";
import { lockPost } from "../model/posts.store.ts";
import { type Action, assertAllowed } from "../model/rules.ts";
import { factsFor, type Unready } from "../model/unready.ts";
import type { PostDeps } from "./hooks.ts";
import { type LoadedPost, loadPost } from "./load.ts";

export type Step = { db: Kysely<Schema>; post: LoadedPost; now: Date };

/**
 * The frame of every verb on an existing post: one transaction that locks the post, reads it, asks the
 * rules, lets the verb act and appends what happened; null: nothing did. Two verbs on one post never overlap.
 *
 * @throws DeskError with the rule's reason when the actor can't do this now; nothing has changed then
 */
export async function onPost(
  deps: PostDeps,
  actor: Actor,
  id: string,
  wanted: Action | { action: Action; unready: Unready },
  work: (step: Step) => Promise<Done<"post"> | null>,
): Promise<void> {
  const { action, unready } =
    typeof wanted === "string" ? { action: wanted, unready: "refuse" as const } : wanted;
  const { workspaceId } = actor;
  await deps.database.inWorkspace(workspaceId, async (db) => {
    if (!(await lockPost(db, workspaceId, id))) throw postNotFound();
    const post = await loadPost(db, deps, workspaceId, id);
    if (post.deletedAt !== null && action !== "restore") throw postNotFound();
    assertAllowed(action, factsFor(post, unready), actor);
    const done = await work({ db, post, now: deps.clock.now() });
    if (done === null) return;
    if (post.series?.role === "occurrence" && post.series.follows) {
      await deps.hooks.occurrenceChanged({ db, workspaceId, postId: id });
    }
    await append(db, done.kind, { actor, targetId: id, data: { version: post.version, ...done.data } });
  });
}
