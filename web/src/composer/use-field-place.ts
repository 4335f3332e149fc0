import { useEffect, useRef, useState } from "react";
import type { Variant } from "../api/types.ts";
import { placeOf } from "../post/problem-links.tsx";

/** Moves the focus to the field that a problem is about, or to the first of its channel. False: none is there yet. */
function focusPlace(panel: HTMLElement | null, path: string): boolean {
  const fields = [...(panel?.querySelectorAll<HTMLElement>("[data-at]") ?? [])];
  const places = fields.map((field) => ({ field, at: field.dataset["at"] ?? "" }));
  const [closest] = places
    .filter(
      ({ at }) => path === at || path.startsWith(`${at}/`) || (path !== "" && at.startsWith(`${path}/`)),
    )
    .toSorted((left, right) => right.at.length - left.at.length);
  const { field } = closest ?? places[0] ?? {};
  field?.scrollIntoView({ block: "center" });
  field?.focus();
  return field !== undefined;
}

/** The channel and field that an address names; null where the post has no such channel. */
function placeFrom(at: string, variants: Variant[]): { channelId: string; path: string } | null {
  const found = variants.find(({ channelId }) => at.startsWith(channelId));
  return found ? { channelId: found.channelId, path: at.slice(found.channelId.length) } : null;
}

type Places = {
  /** The place to begin in, as an address names it. */
  at: string | undefined;
  variants: Variant[];
  /** The channel in view. */
  shown: string | undefined;
  onTab: (channelId: string) => void;
};

/** Leads to a field of the composer: first its channel's tab, then, when that is there, the field itself. */
export function useFieldPlace({ at, variants, shown, onTab }: Places) {
  const panel = useRef<HTMLDivElement>(null);
  const wanted = useRef(at ?? null);
  const [, setAsked] = useState(0);
  // After every render: first the tab comes, then, a frame later, what is on it.
  useEffect(() => {
    if (wanted.current === null) return undefined;
    const place = placeFrom(wanted.current, variants);
    if (place && place.channelId !== shown) {
      onTab(place.channelId);
      return undefined;
    }
    const frame = requestAnimationFrame(() => {
      if (focusPlace(panel.current, place?.path ?? "")) wanted.current = null;
    });
    return () => cancelAnimationFrame(frame);
  });

  function goTo(channelId: string, path: string): void {
    wanted.current = placeOf(channelId, path);
    setAsked((count) => count + 1);
  }
  return { panel, goTo };
}
