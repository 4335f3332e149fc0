import { useSyncExternalStore } from "react";

let quiet = false;
const listeners = new Set<() => void>();

function begin(): void {
  quiet = true;
  for (const listener of listeners) listener();
}

/** The first screen is there: what can wait begins with the browser's next quiet moment, a second later at most. */
export function firstScreenShown(): void {
  // Safari has no such callback.
  if ("requestIdleCallback" in globalThis) requestIdleCallback(begin, { timeout: 1_000 });
  else setTimeout(begin, 200);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** False while the first screen is made, which numbers beside it must not hold up. */
export function useQuiet(): boolean {
  return useSyncExternalStore(subscribe, () => quiet);
}
