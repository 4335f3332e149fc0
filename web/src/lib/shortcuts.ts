import { useEffect } from "react";

/** True while keys belong to a text field, a menu or a window on top. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const typing = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
  return typing || target.closest("[role=dialog],[role=alertdialog],[role=menu]") !== null;
}

let pending: string | null = null;
let pendingSince = 0;

/**
 * Single keys ("j"), and sequences of two ("g p") within a second. Keys typed into fields never count,
 * nor do combinations with Ctrl, Alt or Meta.
 */
export function useShortcuts(handlers: Record<string, () => void>, enabled = true): void {
  useEffect(() => {
    if (!enabled) return undefined;
    function listen(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const sequence = pending && event.timeStamp - pendingSince < 1000 ? `${pending} ${event.key}` : null;
      const handler = (sequence ? handlers[sequence] : undefined) ?? (sequence ? undefined : handlers[event.key]);
      if (!handler) return;
      event.preventDefault();
      handler();
    }
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, [handlers, enabled]);
}

/** Remembers the first key of a sequence; installed once by the shell, after all handlers have run. */
export function rememberPrefix(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  pending = pending === null && event.key === "g" ? "g" : null;
  pendingSince = event.timeStamp;
}
