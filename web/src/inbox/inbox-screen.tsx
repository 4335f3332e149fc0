import { CheckCircledIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { messageOf } from "../api/problem.ts";
import type { PostSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { cn } from "../lib/cn.ts";
import { formatRelative } from "../lib/format.ts";
import { shortAuthorship } from "../posts/authorship.ts";
import { Empty, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { JustApproved } from "./just-approved.tsx";
import { inboxText } from "./messages.ts";
import { Review } from "./review.tsx";
import { useInbox } from "./use-inbox.ts";
import { WaitingSeries } from "./waiting-series.tsx";

/** Everything that waits for a decision: the list beside the post. On a phone, one after the other. */
export function InboxScreen() {
  const { queue, items, chosen, shown, approved, decided, settle } = useInbox();
  const justApproved = approved ? <JustApproved key={approved} postId={approved} onClose={settle} /> : null;

  if (queue.isSuccess && items.length === 0 && !chosen) {
    return (
      <div className="flex h-full flex-col">
        <h1 className="sr-only">{inboxText.title}</h1>
        <WaitingSeries />
        <div className="mx-auto w-full max-w-3xl px-4 pt-6 sm:px-8">{justApproved}</div>
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
          "w-full shrink-0 flex-col border-line md:flex md:w-80 md:border-e",
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
          <Link
            to="/inbox"
            className="mb-2 inline-flex min-h-10 items-center text-sm text-accent-ink md:hidden"
          >
            ← {inboxText.title}
          </Link>
        ) : null}
        <div className="mx-auto h-full max-w-3xl">
          {justApproved}
          {shown ? (
            <Review key={shown} postId={shown} onDecided={decided} />
          ) : (
            <p className="text-faint">{approved ? inboxText.next : inboxText.choose}</p>
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
          <span dir="auto" className="min-w-0 flex-1 truncate font-medium">
            {post.title}
          </span>{" "}
          <span className="text-xs whitespace-nowrap text-faint">{formatRelative(post.updatedAt)}</span>
        </span>{" "}
        <span dir="auto" className="mt-0.5 line-clamp-2 text-sm text-dim">
          {post.excerpt}
        </span>{" "}
        <span className="mt-2 flex items-center gap-1">
          {post.channels.map((channel) => (
            <ChannelIcon key={channel.channelId} connector={channel.connector} className="size-4" />
          ))}
          <span className="ms-1 truncate text-xs text-faint">
            {shortAuthorship(post)}
            {post.ownWords ? ` · ${inboxText.forAnother}` : null}
          </span>
        </span>
      </Link>
    </li>
  );
}
