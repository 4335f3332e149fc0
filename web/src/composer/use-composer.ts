import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { api } from "../api/client.ts";
import { hasCode } from "../api/problem.ts";
import { postQuery } from "../api/queries.ts";
import type { Post, Variant } from "../api/types.ts";
import { useStoredDraft } from "../lib/use-stored-draft.ts";

export type Content = { title: string; variants: Variant[] };
export type SaveState =
  | { kind: "saved" | "unsaved" | "saving" | "conflict" }
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
 * overwritten without asking.
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

  const send = useCallback(async (): Promise<boolean> => {
    const sending = latest.current;
    setState({ kind: "saving" });
    try {
      const answer = await api.put<Post>(`/posts/${post.id}`, {
        ...sending,
        baseVersion: base.current,
        autosave: true,
      });
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
    void save();
  });
  useEffect(() => {
    saveNow();
    return () => saveNow();
  }, []);

  const takeTheirs = useCallback(async () => {
    const theirs = await queryClient.fetchQuery({ ...postQuery(post.id), staleTime: 0 });
    base.current = theirs.version;
    saved.current = contentOf(theirs);
    latest.current = saved.current;
    stored.clear();
    setContent(saved.current);
    setState({ kind: "saved" });
  }, [post.id, queryClient, stored]);

  const keepMine = useCallback(async () => {
    const theirs = await queryClient.fetchQuery({ ...postQuery(post.id), staleTime: 0 });
    base.current = theirs.version;
    saved.current = contentOf(theirs);
    await save();
  }, [post.id, queryClient, save]);

  return { content, change, state, save, takeTheirs, keepMine, restored: start !== null };
}
