import type { Actor } from "#kit";
import { postRemoved, postRestored } from "../events.ts";
import { did } from "../model/did.ts";
import { updatePost } from "../model/posts.store.ts";
import type { PostDeps } from "./hooks.ts";
import { onPost } from "./transition.ts";

/** Puts a draft or a cancelled post out of sight. `restorePost` brings it back with all its versions. */
export async function removePost(deps: PostDeps, actor: Actor, id: string): Promise<void> {
  await onPost(deps, actor, id, "remove", async ({ db, now }) => {
    await updatePost(db, actor.workspaceId, id, { deleted_at: now, updated_at: now });
    return did(postRemoved);
  });
}

/** Brings a removed post back as it was, and makes a cancelled one a draft again. */
export async function restorePost(deps: PostDeps, actor: Actor, id: string): Promise<void> {
  await onPost(deps, actor, id, "restore", async ({ db, post, now }) => {
    const change = post.deletedAt === null ? { status: "draft" as const } : { deleted_at: null };
    await updatePost(db, actor.workspaceId, id, { ...change, updated_at: now });
    return did(postRestored);
  });
}
