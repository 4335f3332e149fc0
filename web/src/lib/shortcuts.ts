import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { countAsCommand, isHeld, isPlainKey } from "./keyboard.ts";
import { readStored, writeStored } from "./storage.ts";

const key = "galley.shortcuts";
const listeners = new Set<() => void>();

function areOn(): boolean {
  return readStored(key) !== "off";
}

/** Switches the shortcuts of one letter on or off on this device (WCAG 2.1.4): those with Ctrl always work. */
export function setShortcuts(on: boolean): void {
  writeStored(key, on ? null : "off");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useShortcutsOn(): boolean {
  return useSyncExternalStore(subscribe, areOn);
}

/** Inside something that moves by letters or arrows itself. */
function isTaken(target: EventTarget | null): boolean {
  const own = "[role=tablist],[role=group],[role=radiogroup],[role=listbox],[role=combobox],[role=slider]";
  return target instanceof Element && target.closest(own) !== null;
}

function isShortcut(event: KeyboardEvent): boolean {
  return areOn() && !event.defaultPrevented && isPlainKey(event) && !isHeld() && !isTaken(event.target);
}

let pending: string | null = null;
let pendingSince = 0;

/**
 * Single keys ("j"), and sequences of two ("g p") within a second. They lead somewhere or open something; what
 * they open may decide, they never do (decision 109). A held key counts once, and none counts in a field, in a
 * window or menu or while one comes or goes, while a word is composed, with Ctrl, Alt or Meta, or switched off.
 */
export function useShortcuts(handlers: Record<string, () => void>, enabled = true): void {
  const listen = useEffectEvent((event: KeyboardEvent) => {
    if (!isShortcut(event)) return;
    const sequence = pending !== null && event.timeStamp - pendingSince < 1000;
    const handler = handlers[sequence ? `${pending} ${event.key}` : event.key];
    if (!handler) return;
    event.preventDefault();
    countAsCommand();
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
  if (event.key === "Shift") return;
  const begins = pending === null && event.key === "g" && isShortcut(event);
  pending = begins ? "g" : null;
  pendingSince = event.timeStamp;
  if (begins) countAsCommand();
}
