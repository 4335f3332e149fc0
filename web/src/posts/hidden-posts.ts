import { useSyncExternalStore } from "react";

/** Drafts that are being deleted, while that can still be undone: lists leave them out at once. */
let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

export function hidePost(id: string, hide: boolean): void {
  const next = new Set(hidden);
  if (hide) next.add(id);
  else next.delete(id);
  hidden = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useHiddenPosts(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => hidden);
}
