import { type PointerEvent, useEffect, useEffectEvent, useRef, useState } from "react";

/** A drag begins after this many pixels of a mouse, or after this long under a finger that keeps still. */
const slack = 6;
const holdMs = 350;

type Drag<Item> = {
  item: Item;
  pointerId: number;
  startX: number;
  startY: number;
  touch: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
};

/** Where something is dropped: a day, a time where a free slot lies there, an hour where days have hours. */
export type Place = { day: string; time: string | null; hour: string | null };

type Dragged<Item> = { item: Item; x: number; y: number; place: Place | null };

function placeAt(x: number, y: number): Place | null {
  const element = globalThis.document.elementFromPoint(x, y);
  const cell = element?.closest("[data-day]");
  const slot = element?.closest("[data-time]");
  const day = cell instanceof HTMLElement ? cell.dataset["day"] : undefined;
  const time = slot instanceof HTMLElement ? slot.dataset["time"] : undefined;
  const hour = cell instanceof HTMLElement ? cell.dataset["hour"] : undefined;
  return day === undefined ? null : { day, time: time ?? null, hour: hour ?? null };
}

/** The drop ends with a click on whatever lies there; it was none. */
function swallowClick(): void {
  const once = { capture: true, once: true };
  globalThis.addEventListener("click", swallow, once);
  setTimeout(() => globalThis.removeEventListener("click", swallow, once), 0);
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Dragging onto the day or the free slot under the pointer, with mouse, pen and finger. A finger scrolls as ever until it
 * rests on an entry for a moment. Escape gives up.
 */
export function useDrag<Item>(onDrop: (item: Item, place: Place) => void) {
  const pressed = useRef<Drag<Item> | null>(null);
  const [dragged, setDragged] = useState<Dragged<Item> | null>(null);
  const active = dragged !== null;

  function end(): void {
    clearTimeout(pressed.current?.timer);
    pressed.current = null;
    setDragged(null);
  }

  function begin(x: number, y: number): void {
    const drag = pressed.current;
    if (drag) setDragged({ item: drag.item, x, y, place: placeAt(x, y) });
  }

  const onMove = useEffectEvent((event: globalThis.PointerEvent) => {
    const drag = pressed.current;
    if (!drag || event.pointerId !== drag.pointerId) return;
    const far = Math.hypot(event.clientX - drag.startX, event.clientY - drag.startY) > slack;
    if (active || (far && !drag.touch)) begin(event.clientX, event.clientY);
    // The finger scrolls: this is no drag.
    else if (far) end();
  });

  const onUp = useEffectEvent((event: globalThis.PointerEvent) => {
    if (event.pointerId !== pressed.current?.pointerId) return;
    const place = active ? placeAt(event.clientX, event.clientY) : null;
    if (active) swallowClick();
    if (dragged && place !== null) onDrop(dragged.item, place);
    end();
  });

  const giveUp = useEffectEvent((event: Event) => {
    if (!(event instanceof KeyboardEvent) || event.key === "Escape") end();
  });

  useEffect(() => {
    const stop = (event: Event) => giveUp(event);
    const move = (event: globalThis.PointerEvent) => onMove(event);
    const up = (event: globalThis.PointerEvent) => onUp(event);
    globalThis.addEventListener("pointermove", move);
    globalThis.addEventListener("pointerup", up);
    globalThis.addEventListener("pointercancel", stop);
    globalThis.addEventListener("keydown", stop);
    return () => {
      globalThis.removeEventListener("pointermove", move);
      globalThis.removeEventListener("pointerup", up);
      globalThis.removeEventListener("pointercancel", stop);
      globalThis.removeEventListener("keydown", stop);
    };
  }, []);

  // While something is dragged by a finger, the page keeps still.
  useEffect(() => {
    if (!active) return undefined;
    const still = (event: Event) => event.preventDefault();
    globalThis.addEventListener("touchmove", still, { passive: false });
    globalThis.addEventListener("contextmenu", still);
    return () => {
      globalThis.removeEventListener("touchmove", still);
      globalThis.removeEventListener("contextmenu", still);
    };
  }, [active]);

  function onPointerDown(item: Item, event: PointerEvent): void {
    if (event.button !== 0) return;
    const touch = event.pointerType === "touch";
    const { clientX: startX, clientY: startY, pointerId } = event;
    const timer = touch ? setTimeout(() => begin(startX, startY), holdMs) : undefined;
    pressed.current = { item, pointerId, startX, startY, touch, timer };
  }

  return { dragged, onPointerDown };
}
