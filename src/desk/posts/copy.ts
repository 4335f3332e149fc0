import type { Actor } from "#kit";
import { newId } from "#kit";
import { append } from "#platform/events";
import type { DeskDeps } from "../deps.ts";
import { postCopied } from "../events.ts";
import { postNotFound } from "../model/errors.ts";
import { insertCopy, lockPost } from "../model/posts.store.ts";

/**
 * Makes a draft that says what a post says now, and returns its id; the post stays as it is, whatever became of it.
 * Its versions and sources go along: whoever wrote any of it cannot be the one who approves the copy, where the
 * workspace asks for another, and everybody sees where it came from. Time and approval do not.
 *
 * @throws DeskError `desk.post_not_found`
 */
export async function copyPost(deps: DeskDeps, actor: Actor, id: string): Promise<string> {
  const { workspaceId } = actor;
  return deps.database.inWorkspace(workspaceId, async (db) => {
    // An edit meanwhile could let go of a file that only the copy shows.
    if (!(await lockPost(db, workspaceId, id))) throw postNotFound();
    const copyId = newId();
    const title = await insertCopy(db, workspaceId, id, {
      id: copyId,
      by: actor.userId,
      at: deps.clock.now(),
    });
    if (title === null) throw postNotFound();
    await append(db, postCopied, { actor, targetId: copyId, data: { title, postId: id } });
    return copyId;
  });
}
