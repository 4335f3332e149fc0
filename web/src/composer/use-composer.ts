import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call } from "../api/client.ts";
import type { Post } from "../api/types.ts";
import { postQuery } from "../post/queries.ts";
import { postsText } from "../posts/messages.ts";
import { type Content, useSaving } from "./use-saving.ts";

/**
 * The text of a post while it is written. Every change is kept on this device at once and saved a moment
 * later, on top of the version that it started from; a version that somebody else wrote meanwhile is never
 * overwritten without asking, and whichever of the two goes on, the other stays in the history.
 */
export function useComposer(post: Post) {
  const queryClient = useQueryClient();
  const { content, state, waiting, restored, ...saving } = useSaving(post);
  const { change, save, hold, decide, adopt, begin, now, conflict } = saving;

  const readTheirs = useCallback(
    () => queryClient.fetchQuery({ ...postQuery(post.id), staleTime: 0 }),
    [post.id, queryClient],
  );

  /** Goes on with their version. What was written here is kept beside the history first, or nothing happens. */
  const takeTheirs = useCallback(async () => {
    try {
      const theirs = await readTheirs();
      // What is typed until then is set aside as well.
      let aside: Content;
      do {
        const { content: here, baseVersion } = now();
        aside = here;
        const body = { ...aside, title: aside.title || postsText.untitled, baseVersion };
        await call("setTextAside", { params: { id: post.id }, body });
      } while (now().content !== aside);
      adopt(theirs);
    } catch (error) {
      conflict(error);
    }
  }, [adopt, conflict, now, post.id, readTheirs]);

  /** Goes on with what was written here, as a version of its own on top of theirs. */
  const keepMine = useCallback(async () => {
    try {
      begin(await readTheirs());
      await save();
    } catch (error) {
      conflict(error);
    }
  }, [begin, conflict, readTheirs, save]);

  /** Brings an older text back as a new version. What stands here is saved before. */
  const restore = useCallback(
    async (older: Content): Promise<boolean> => {
      hold();
      if (!(await save())) return false;
      begin(null);
      change(older);
      hold();
      return save();
    },
    [begin, change, hold, save],
  );

  /** What was brought back from this device: saved after all, or let go. */
  const keepRestored = useCallback(async () => {
    decide();
    await save();
  }, [decide, save]);
  const dropRestored = useCallback(async () => {
    decide();
    adopt(await readTheirs());
  }, [adopt, decide, readTheirs]);

  return {
    content,
    change,
    state,
    save,
    takeTheirs,
    keepMine,
    restore,
    keepRestored,
    dropRestored,
    restored,
    waiting,
  };
}
