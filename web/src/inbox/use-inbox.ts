import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import type { Post } from "../api/types.ts";
import { afterQuiet } from "../lib/keyboard.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { inboxQuery } from "./queries.ts";

const route = getRouteApi("/shell/inbox");

type Resting = { next: string | null };

/**
 * What waits for a decision, and which of it is shown. A post that is shown stays until a person goes on: it is not
 * exchanged under their hands when the list changes. After a decision nothing is shown until a moment has passed
 * and every key is up, so that what was pressed for one post never counts for the next.
 */
export function useInbox() {
  const { post: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const queue = useQuery(inboxQuery);
  const items = queue.data?.items ?? [];
  const [first, setFirst] = useState<string | null>(null);
  const [resting, setResting] = useState<Resting | null>(null);
  const [approved, setApproved] = useState<string | null>(null);
  if (first === null && resting === null && items[0]) setFirst(items[0].id);
  const shown = chosen ?? (resting ? null : first);

  function move(step: number): void {
    if (resting) return;
    const at = items.findIndex((post) => post.id === shown);
    const next = items[Math.min(items.length - 1, Math.max(0, at + step))];
    if (next) void navigate({ search: { post: next.id }, replace: true });
  }
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    e: () => {
      if (shown) void navigate({ to: "/posts/$postId/edit", params: { postId: shown } });
    },
  });

  function decided(post: Post | null): void {
    const at = items.findIndex(({ id }) => id === shown);
    const next = items[at + 1] ?? items[at - 1];
    setApproved(post?.id ?? null);
    setFirst(null);
    setResting({ next: next?.id ?? null });
    void navigate({ search: {}, replace: true });
  }

  const goOn = useEffectEvent(({ next }: Resting) => {
    setResting(null);
    setFirst(next);
    if (next && !chosen) void navigate({ search: { post: next }, replace: true });
  });
  useEffect(() => (resting ? afterQuiet(() => goOn(resting)) : undefined), [resting]);

  return { queue, items, chosen, shown, approved, decided, settle: () => setApproved(null) };
}
