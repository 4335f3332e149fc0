import { CheckCircledIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { messageOf } from "../api/problem.ts";
import { postsQuery } from "../api/queries.ts";
import type { PostSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { cn } from "../lib/cn.ts";
import { formatRelative } from "../lib/format.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { Empty, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { inboxText } from "./messages.ts";
import { Review } from "./review.tsx";
import { WaitingSeries } from "./waiting-series.tsx";

const route = getRouteApi("/shell/inbox");

/** Everything that waits for a decision: the list beside the post. On a phone, one after the other. */
export function InboxScreen() {
  const { post: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const queue = useQuery({ ...postsQuery({ status: "in_review", limit: 100 }), refetchInterval: 15_000 });
  const items = queue.data?.items ?? [];
  const shown = chosen ?? items[0]?.id;

  function move(step: number): void {
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

  function goOn(): void {
    const at = items.findIndex((post) => post.id === shown);
    const next = items[at + 1] ?? items[at - 1];
    void navigate({ search: next ? { post: next.id } : {}, replace: true });
  }

  if (queue.isSuccess && items.length === 0 && !chosen) {
    return (
      <div className="flex h-full flex-col">
        <h1 className="sr-only">{inboxText.title}</h1>
        <WaitingSeries />
        <Empty icon={<CheckCircledIcon />} title={inboxText.emptyTitle}>
          {inboxText.empty}
        </Empty>
      </div>
    );
  }
  return (
    <div className="flex h-full min-h-0">
      <div
        className={cn(
          "w-full shrink-0 flex-col border-line md:flex md:w-80 md:border-r",
          chosen ? "hidden" : "flex",
        )}
      >
        <h1 className="border-b border-line px-5 py-4 text-base font-semibold">{inboxText.title}</h1>
        <WaitingSeries />
        {queue.isPending ? <SkeletonRows rows={4} label={inboxText.loading} /> : null}
        {queue.isError ? (
          <Notice tone="bad" className="m-4">
            {messageOf(queue.error)}
          </Notice>
        ) : null}
        <ul aria-label={inboxText.listLabel} className="min-h-0 flex-1 overflow-y-auto p-2">
          {items.map((post) => (
            <QueueItem key={post.id} post={post} current={post.id === shown} />
          ))}
        </ul>
      </div>
      <div
        className={cn("min-w-0 flex-1 overflow-y-auto px-4 pt-6 sm:px-8 md:block", chosen ? "" : "hidden")}
      >
        {chosen ? (
          <Link to="/inbox" className="mb-4 inline-block text-sm text-accent-ink md:hidden">
            ← {inboxText.title}
          </Link>
        ) : null}
        <div className="mx-auto h-full max-w-3xl">
          {shown ? (
            <Review key={shown} postId={shown} onDecided={goOn} />
          ) : (
            <p className="text-faint">{inboxText.choose}</p>
          )}
        </div>
      </div>
    </div>
  );
}

function QueueItem({ post, current }: { post: PostSummary; current: boolean }) {
  return (
    <li>
      <Link
        to="/inbox"
        search={{ post: post.id }}
        aria-current={current ? "true" : undefined}
        className={cn(
          "block rounded-lg px-3 py-2.5 transition-colors -outline-offset-2",
          current ? "bg-fill-strong/70" : "hover:bg-fill",
        )}
      >
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">{post.title}</span>{" "}
          <span className="text-xs whitespace-nowrap text-faint">{formatRelative(post.updatedAt)}</span>
        </span>{" "}
        <span className="mt-0.5 line-clamp-2 text-sm text-dim">{post.excerpt}</span>{" "}
        <span className="mt-2 flex items-center gap-1">
          {post.channels.map((channel) => (
            <ChannelIcon key={channel.channelId} connector={channel.connector} className="size-4" />
          ))}
          <span className="ml-1 truncate text-xs text-faint">
            {post.author.kind === "agent" ? inboxText.agent : post.author.name}
            {post.ownWords ? ` · ${inboxText.forAnother}` : null}
          </span>
        </span>
      </Link>
    </li>
  );
}
