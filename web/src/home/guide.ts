import { useSyncExternalStore } from "react";
import { readStored, writeStored } from "../lib/storage.ts";

const key = "galley.guide-ended";
const listeners = new Set<() => void>();

/** The guide through the first post is over on this device: walked to its end, or put away. */
export function endGuide(): void {
  writeStored(key, "yes");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useGuideEnded(): boolean {
  return useSyncExternalStore(subscribe, () => readStored(key) !== null);
}
