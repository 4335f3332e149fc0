import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { refresh, staleAfter } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { isOnePost } from "../api/keys.ts";
import { hasCode } from "../api/problem.ts";
import type { Post, Variant } from "../api/types.ts";
import { useStoredDraft } from "../lib/use-stored-draft.ts";
import { postQuery } from "../post/queries.ts";

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

/** What was brought back from this device waits for a word where saving it has consequences. */
function useWaiting(waitsAtFirst: boolean) {
  const [waiting, setWaiting] = useState(waitsAtFirst);
  const isOpen = useRef(waitsAtFirst);
  const mayLeaveUnsaved = useCallback(() => isOpen.current, []);
  /** A person has said what becomes of it. */
  const decide = useCallback(() => {
    isOpen.current = false;
    setWaiting(false);
  }, []);
  return { waiting, decide, mayLeaveUnsaved };
}

/** The text on the screen, the one that the server has, and the way from the one to the other. */
export function useSaving(post: Post) {
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
  const { waiting, decide, mayLeaveUnsaved } = useWaiting(start !== null && isDecidedOn(post));

  const send = useCallback(async (): Promise<boolean> => {
    const sending = latest.current;
    setState({ kind: "saving" });
    try {
      const body = { ...sending, baseVersion: base.current, autosave: !onPurpose.current };
      const answer = await call("editPost", { params: { id: post.id }, body });
      onPurpose.current = false;
      base.current = answer.version;
      saved.current = sending;
      queryClient.setQueryData(postQuery(post.id).queryKey, answer);
      await refresh(queryClient, staleAfter("post"), { predicate: ({ queryKey }) => !isOnePost(queryKey) });
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

  const hold = useCallback(() => clearTimeout(timer.current), []);

  const change = useCallback(
    (next: Content) => {
      decide();
      latest.current = next;
      setContent(next);
      setState((before) => (before.kind === "conflict" ? before : { kind: "unsaved" }));
      stored.keep(JSON.stringify({ content: next, baseVersion: base.current } satisfies Kept));
      hold();
      timer.current = setTimeout(() => void save(), pauseMs);
    },
    [decide, hold, save, stored],
  );

  // What was brought back is saved at once, and so is the last word before leaving for another screen.
  const saveNow = useEffectEvent(() => {
    hold();
    if (!mayLeaveUnsaved()) void save();
  });
  useEffect(() => {
    saveNow();
    return () => saveNow();
  }, []);

  /** Goes on with what the server has; what stands here is let go. */
  const adopt = useCallback(
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

  /** The next save is a version of its own, on top of `theirs` where it is given. */
  const begin = useCallback((theirs: Post | null) => {
    onPurpose.current = true;
    if (theirs === null) return;
    base.current = theirs.version;
    saved.current = contentOf(theirs);
  }, []);

  /** What stands here at this moment, and on top of which version. */
  const now = useCallback((): Kept => ({ content: latest.current, baseVersion: base.current }), []);

  const conflict = useCallback((error: unknown) => setState({ kind: "conflict", error }), []);

  return {
    content,
    state,
    change,
    save,
    hold,
    decide,
    adopt,
    begin,
    now,
    conflict,
    waiting,
    restored: start !== null,
  };
}
