import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call } from "../api/client.ts";
import { postQuery } from "../api/queries.ts";
import type { Post } from "../api/types.ts";
import { postsText } from "../posts/messages.ts";
import { type Content, contentOf, useSaving } from "./use-saving.ts";

/**
 * The text of a post while it is written. Every change is kept on this device at once and saved a moment
 * later, on top of the version that it started from; a version that somebody else wrote meanwhile is never
 * overwritten without asking, and whichever of the two goes on, the other stays in the history.
 */
export function useComposer(post: Post) {
  const queryClient = useQueryClient();
  const { content, setContent, state, setState, change, save, ...saving } = useSaving(post);
  const { hold, decide, waiting, restored, clear, latest, saved, base, onPurpose } = saving;

  const show = useCallback(
    (theirs: Post) => {
      base.current = theirs.version;
      saved.current = contentOf(theirs);
      latest.current = saved.current;
      clear();
      setContent(saved.current);
      setState({ kind: "saved" });
    },
    [base, clear, latest, saved, setContent, setState],
  );

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
        aside = latest.current;
        await call("setTextAside", {
          params: { id: post.id },
          body: {
            ...aside,
            title: aside.title || postsText.untitled,
            baseVersion: base.current,
          },
        });
      } while (latest.current !== aside);
      show(theirs);
    } catch (error) {
      setState({ kind: "conflict", error });
    }
  }, [base, latest, post.id, readTheirs, setState, show]);

  /** Goes on with what was written here, as a version of its own on top of theirs. */
  const keepMine = useCallback(async () => {
    try {
      const theirs = await readTheirs();
      base.current = theirs.version;
      saved.current = contentOf(theirs);
      onPurpose.current = true;
      await save();
    } catch (error) {
      setState({ kind: "conflict", error });
    }
  }, [base, onPurpose, readTheirs, save, saved, setState]);

  /** Brings an older text back as a new version. What stands here is saved before. */
  const restore = useCallback(
    async (older: Content): Promise<boolean> => {
      hold();
      if (!(await save())) return false;
      onPurpose.current = true;
      change(older);
      hold();
      return save();
    },
    [change, hold, onPurpose, save],
  );

  /** What was brought back from this device: saved after all, or let go. */
  const keepRestored = useCallback(async () => {
    decide();
    await save();
  }, [decide, save]);
  const dropRestored = useCallback(async () => {
    decide();
    show(await readTheirs());
  }, [decide, readTheirs, show]);

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
