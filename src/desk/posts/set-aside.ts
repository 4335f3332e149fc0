import type { Actor } from "#kit";
import { newId } from "#kit";
import { append } from "#platform/events";
import type { DeskDeps } from "../deps.ts";
import { postTextSetAside } from "../events.ts";
import { postNotFound } from "../model/errors.ts";
import { lockPost } from "../model/posts.store.ts";
import { type SetAside, insertSetAside, postExists, selectSetAside } from "./set-aside.store.ts";
import { type Edit, newVersion } from "./write.ts";

/**
 * Keeps a text that lost to somebody else's version, and returns its id. The post stays as it is, in review or approved
 * as it may be: the text is beside its history, to be read and brought back as a new version.
 *
 * @throws DeskError `desk.post_not_found`, `desk.invalid_draft`
 */
export async function setAside(
  { database, clock }: Pick<DeskDeps, "database" | "clock">,
  actor: Actor,
  postId: string,
  edit: Pick<Edit, "title" | "variants" | "baseVersion">,
): Promise<string> {
  const { workspaceId } = actor;
  return database.inWorkspace(workspaceId, async (db) => {
    if (!(await lockPost(db, workspaceId, postId))) throw postNotFound();
    const text = await newVersion(db, actor, edit, {
      number: edit.baseVersion,
      runId: null,
      autosaved: false,
      now: clock.now(),
    });
    const id = newId();
    await insertSetAside(db, workspaceId, postId, { ...text, id });
    await append(db, postTextSetAside, { actor, targetId: postId, data: { baseVersion: edit.baseVersion } });
    return id;
  });
}

/**
 * The texts that were set aside on a post, newest first.
 *
 * @throws DeskError `desk.post_not_found`
 */
export async function listSetAside(
  { database }: Pick<DeskDeps, "database">,
  workspaceId: string,
  postId: string,
): Promise<SetAside[]> {
  return database.inWorkspace(workspaceId, async (db) => {
    if (!(await postExists(db, workspaceId, postId))) throw postNotFound();
    return selectSetAside(db, workspaceId, postId);
  });
}
