import { useEffect } from "react";

/** How long after a decision no other is taken; and after a letter that was no command, no key presses a button. */
const quietMs = 600;

const down = new Set<string>();
const waiting = new Set<() => void>();
let letterAt = Number.NEGATIVE_INFINITY;
let letterBefore = Number.NEGATIVE_INFINITY;
let holds = 0;

/** Whether keys are text there, so that what is typed is written and does nothing else. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** A letter that is part of a word being composed, as in Japanese or with a dead key. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229 || event.key === "Dead" || event.key === "Process";
}

/** Whether a key is for a shortcut of one letter: not held, not composed, not with a modifier, not text. */
export function isPlainKey(event: KeyboardEvent): boolean {
  if (event.repeat || isComposing(event) || isTextField(event.target)) return false;
  return !event.ctrlKey && !event.metaKey && !event.altKey && !event.getModifierState("AltGraph");
}

function onKeyDown(event: KeyboardEvent): void {
  down.add(event.code);
  // A browser clicks a focused button again and again while Enter is held.
  if (event.repeat && event.key === "Enter" && !isTextField(event.target)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.key.length !== 1 || event.key === " " || isTextField(event.target)) return;
  letterBefore = letterAt;
  letterAt = event.timeStamp;
}

function onKeyUp(event: KeyboardEvent): void {
  down.delete(event.code);
  tellIfUp();
}

/** Keys that go up in another window are never heard of. */
function onBlur(): void {
  down.clear();
  tellIfUp();
}

function tellIfUp(): void {
  if (down.size > 0) return;
  const tell = [...waiting];
  waiting.clear();
  for (const listener of tell) listener();
}

/**
 * A button that has the focus is pressed by the first space of a sentence. In the middle of one, keys press nothing.
 * A click without a pointer is one of the keyboard; one that the page makes itself is not trusted.
 */
function onClick(event: MouseEvent): void {
  if (event.detail > 0 || !event.isTrusted || !isTypingAstray(event.timeStamp)) return;
  if (!(event.target instanceof Element) || !event.target.closest("button,[role=button]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Watches which keys are down and when a letter was typed to nobody; called once, by the shell. */
export function watchKeyboard(): () => void {
  const controller = new AbortController();
  const first = { capture: true, signal: controller.signal };
  globalThis.addEventListener("keydown", onKeyDown, first);
  globalThis.addEventListener("keyup", onKeyUp, first);
  globalThis.addEventListener("click", onClick, first);
  globalThis.addEventListener("blur", onBlur, { signal: controller.signal });
  return () => {
    controller.abort();
    onBlur();
  };
}

/** The letter just pressed was a command, and no sign of somebody who types. */
export function countAsCommand(): void {
  letterAt = letterBefore;
}

/** Whether somebody is typing a text that no field receives: a letter that was no command, a moment ago. */
function isTypingAstray(now: number): boolean {
  return now - letterAt < quietMs;
}

/**
 * Calls back when the quiet time is over and no key is down any more; the answer calls it off.
 */
export function afterQuiet(listener: () => void): () => void {
  const timer = setTimeout(() => {
    if (down.size === 0) listener();
    else waiting.add(listener);
  }, quietMs);
  return () => {
    clearTimeout(timer);
    waiting.delete(listener);
  };
}

/** Whether a window, a menu or a palette is there or on its way: then letters belong to it. */
export function isHeld(): boolean {
  return holds > 0 || document.querySelector("[role=dialog],[role=alertdialog],[role=menu]") !== null;
}

/** Keeps shortcuts from firing while this is on the page: for windows, and while one loads. */
function useHeldShortcuts(): void {
  useEffect(() => {
    holds += 1;
    return () => {
      holds -= 1;
    };
  }, []);
}

/** Stands where a window will be as soon as its code has come: what is typed until then is typed into nothing. */
export function HeldShortcuts(): null {
  useHeldShortcuts();
  return null;
}
