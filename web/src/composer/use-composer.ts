import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { call } from "../api/client.ts";
import { hasCode } from "../api/problem.ts";
import { postQuery } from "../api/queries.ts";
import type { Post, Variant } from "../api/types.ts";
import { postsText } from "../posts/messages.ts";
import { useStoredDraft } from "../lib/use-stored-draft.ts";

export type Content = { title: string; variants: Variant[] };
export type SaveState =
  | { kind: "saved" | "unsaved" | "saving" }
  /** `error`: why neither of the two could be chosen. */
  | { kind: "conflict"; error?: unknown }
  | { kind: "failed"; error: unknown };

/** After the last key. Long enough to keep the history readable, short enough to lose nothing. */
const pauseMs = 1_000;

export function contentOf(post: Content): Content {
  const variants = post.variants.map(({ channelId, content }) => ({ channelId, content }));
  return { title: post.title, variants };
}

function sameContent(left: Content, right: Content): boolean {
  return JSON.stringify(contentOf(left)) === JSON.stringify(contentOf(right));
}

/** Where saving would take a post out of review or void its approval, that is a person's to begin. */
function isDecidedOn(post: Pick<Post, "status">): boolean {
  return post.status !== "draft";
}

type Kept = { content: Content; baseVersion: number };

/** What was kept on this device, unless the server has it already. The shape is our own from `keep` below. */
function kept(text: string | null, post: Post): Kept | null {
  if (text === null) return null;
  try {
    const draft = JSON.parse(text) as Kept;
    return sameContent(draft.content, post) ? null : draft;
  } catch {
    return null;
  }
}

/**
 * The text of a post while it is written. Every change is kept on this device at once and saved a moment
 * later, on top of the version that it started from; a version that somebody else wrote meanwhile is never
 * overwritten without asking, and whichever of the two goes on, the other stays in the history.
 */
export function useComposer(post: Post) {
  const queryClient = useQueryClient();
  const stored = useStoredDraft(`post.${post.id}`);
  const [start] = useState(() => kept(stored.restored, post));
  const [content, setContent] = useState<Content>(start?.content ?? contentOf(post));
  const [state, setState] = useState<SaveState>({ kind: start ? "unsaved" : "saved" });
  const latest = useRef(content);
  const saved = useRef<Content>(contentOf(post));
  const base = useRef(start?.baseVersion ?? post.version);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const running = useRef<Promise<boolean> | null>(null);
  // The next save is a person's choice and not a step on the way: no autosave takes its place.
  const onPurpose = useRef(false);
  // What was brought back from this device waits for a word where saving it has consequences.
  const [waiting, setWaiting] = useState(start !== null && isDecidedOn(post));
  const mayLeaveUnsaved = useRef(waiting);

  const send = useCallback(async (): Promise<boolean> => {
    const sending = latest.current;
    setState({ kind: "saving" });
    try {
      const answer = await call("editPost", {
        params: { id: post.id },
        body: {
          ...sending,
          baseVersion: base.current,
          autosave: !onPurpose.current,
        },
      });
      onPurpose.current = false;
      base.current = answer.version;
      saved.current = sending;
      queryClient.setQueryData(postQuery(post.id).queryKey, answer);
      await queryClient.invalidateQueries({
        queryKey: ["posts"],
        predicate: ({ queryKey }) => queryKey[1] !== "one",
      });
      if (latest.current !== sending) return true;
      stored.clear();
      setState({ kind: "saved" });
      return true;
    } catch (error) {
      setState(hasCode(error, "desk.version_conflict") ? { kind: "conflict" } : { kind: "failed", error });
      return false;
    }
  }, [post.id, queryClient, stored]);

  /** Saves until nothing is unsaved; one request at a time. False: something is in the way, and shown. */
  const save = useCallback(async (): Promise<boolean> => {
    while (running.current) await running.current;
    while (!sameContent(latest.current, saved.current)) {
      running.current = send();
      const ok = await running.current;
      running.current = null;
      if (!ok) return false;
    }
    stored.clear();
    setState({ kind: "saved" });
    return true;
  }, [send, stored]);

  const change = useCallback(
    (next: Content) => {
      mayLeaveUnsaved.current = false;
      setWaiting(false);
      latest.current = next;
      setContent(next);
      setState((before) => (before.kind === "conflict" ? before : { kind: "unsaved" }));
      stored.keep(JSON.stringify({ content: next, baseVersion: base.current } satisfies Kept));
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), pauseMs);
    },
    [save, stored],
  );

  // What was brought back is saved at once, and so is the last word before leaving for another screen.
  const saveNow = useEffectEvent(() => {
    clearTimeout(timer.current);
    if (!mayLeaveUnsaved.current) void save();
  });
  useEffect(() => {
    saveNow();
    return () => saveNow();
  }, []);

  const show = useCallback(
    (theirs: Post) => {
      base.current = theirs.version;
      saved.current = contentOf(theirs);
      latest.current = saved.current;
      stored.clear();
      setContent(saved.current);
      setState({ kind: "saved" });
    },
    [stored],
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
  }, [post.id, readTheirs, show]);

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
  }, [readTheirs, save]);

  /** Brings an older text back as a new version. What stands here is saved before. */
  const restore = useCallback(
    async (older: Content): Promise<boolean> => {
      clearTimeout(timer.current);
      if (!(await save())) return false;
      onPurpose.current = true;
      change(older);
      clearTimeout(timer.current);
      return save();
    },
    [change, save],
  );

  /** What was brought back from this device: saved after all, or let go. */
  const keepRestored = useCallback(async () => {
    mayLeaveUnsaved.current = false;
    setWaiting(false);
    await save();
  }, [save]);
  const dropRestored = useCallback(async () => {
    mayLeaveUnsaved.current = false;
    setWaiting(false);
    show(await readTheirs());
  }, [readTheirs, show]);

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
    restored: start !== null,
    waiting,
  };
}
