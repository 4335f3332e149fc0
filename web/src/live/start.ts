import type { QueryClient } from "@tanstack/react-query";
import { everything, refresh, staleAfter } from "../api/changes.ts";
import { readEventStream } from "../api/event-stream.ts";
import { reportLive } from "../api/live-state.ts";
import { follow, type News } from "./follow.ts";
import { inRounds } from "./rounds.ts";
import { shareStream } from "./share.ts";

const roundMs = 250;

/**
 * Keeps what is on the screen as it is in the workspace, by what the server tells of, until the returned function is
 * called. A browser without locks, as over plain HTTP, goes on asking instead (docs/decisions/0136).
 */
export function startLive(client: QueryClient, workspaceId: string): () => void {
  if (!("locks" in navigator)) return () => undefined;
  const ended = new AbortController();
  const { signal } = ended;
  let isOpen = false;

  const changed = inRounds<string | null>({ everyMs: roundMs, signal }, async (kinds) => {
    const stale = [...kinds].flatMap((kind) => (kind === null ? everything : staleAfter(nounOf(kind))));
    // A tab that nobody sees asks when somebody looks at it.
    const refetchType = document.visibilityState === "hidden" ? "none" : "active";
    await refresh(client, new Set(stale), { refetchType });
  });

  function onNews(news: News): void {
    if (news.what === "change") return changed(news.kind);
    if (news.isOpen === isOpen) return;
    isOpen = news.isOpen;
    reportLive(isOpen);
    // What happened before it began; and after it has ended this begins to ask from time to time.
    changed(null);
  }

  shareStream({
    workspaceId,
    signal,
    onNews,
    follow: (options) =>
      follow({
        ...options,
        signal,
        read: (after, onMessage) => readEventStream({ workspaceId, after, signal, onMessage }),
      }),
  });
  return () => {
    ended.abort();
    reportLive(false);
  };
}

function nounOf(kind: string): string {
  return kind.split(".", 1)[0] ?? "";
}
