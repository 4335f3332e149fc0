import { useEffect, useEffectEvent } from "react";

/** True while keys belong to a text field, a menu or a window on top. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const typing = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
  return (
    typing ||
    target.closest("[role=dialog],[role=alertdialog],[role=menu],[role=tablist],[role=group]") !== null
  );
}

let pending: string | null = null;
let pendingSince = 0;

/**
 * Single keys ("j"), and sequences of two ("g p") within a second. Keys typed into fields never count,
 * nor do combinations with Ctrl, Alt or Meta, nor arrows inside something that moves by arrows itself.
 */
export function useShortcuts(handlers: Record<string, () => void>, enabled = true): void {
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const sequence = pending !== null && event.timeStamp - pendingSince < 1000;
    const handler = handlers[sequence ? `${pending} ${event.key}` : event.key];
    if (!handler) return;
    event.preventDefault();
    handler();
  });
  useEffect(() => {
    if (!enabled) return undefined;
    globalThis.addEventListener("keydown", listen);
    return () => globalThis.removeEventListener("keydown", listen);
  }, [enabled]);
}

/** Remembers the first key of a sequence; called once, by the shell, for every key. */
export function rememberPrefix(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  pending = pending === null && event.key === "g" ? "g" : null;
  pendingSince = event.timeStamp;
}
