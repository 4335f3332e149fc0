import type { FollowOptions, News } from "./follow.ts";

type Told = { news: News; at: string | null };

export type ShareOptions = {
  workspaceId: string;
  signal: AbortSignal;
  onNews: (news: News) => void;
  follow: (options: Pick<FollowOptions, "after" | "onNews">) => Promise<void>;
};

/**
 * One connection for all tabs of a browser, which opens six to a server at most. The tab that holds the lock follows the
 * workspace and tells the others; when it closes, the browser gives the lock to another, which goes on from what it
 * has heard last. A browser does not put a tab that holds a lock to sleep.
 */
export function shareStream({ workspaceId, signal, onNews, follow }: ShareOptions): void {
  const name = `galley.events.${workspaceId}`;
  const channel = new BroadcastChannel(name);
  let at: string | null = null;
  let isOpen = false;
  let isLeading = false;

  function hear({ news, at: place }: Told): void {
    at = place;
    if (news.what === "state") isOpen = news.isOpen;
    onNews(news);
  }
  function tell(told: Told | "hello"): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches this origin alone
    if (!signal.aborted) channel.postMessage(told);
  }

  channel.addEventListener("message", ({ data }: MessageEvent<Told | "hello">) => {
    if (data !== "hello") hear(data);
    else if (isLeading) tell({ news: { what: "state", isOpen }, at });
  });
  signal.addEventListener("abort", () => channel.close(), { once: true });
  tell("hello");

  async function lead(): Promise<void> {
    isLeading = true;
    await follow({
      after: at,
      onNews: (news, place) => {
        const told = { news, at: place };
        hear(told);
        tell(told);
      },
    });
    isLeading = false;
  }
  // Rejects when the signal comes before the lock.
  navigator.locks.request(name, { signal }, lead).catch(() => undefined);
}
