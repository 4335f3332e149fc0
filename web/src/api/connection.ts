import { useSyncExternalStore } from "react";

/** What stands between the page and the server: nothing, a lost network, or a server that says "not now" (503). */
export type Connection = "ok" | "lost" | "unavailable";

let state: Connection = "ok";
const listeners = new Set<() => void>();

export function reportConnection(next: Connection): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export function isLost(): boolean {
  return state === "lost";
}

/** Calls back each time when the server answers again after it did not. */
export function whenBack(listener: () => void): void {
  listeners.add(() => (state === "ok" ? listener() : undefined));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => state);
}
