import type { Temporal } from "temporal-polyfill";
import type { PostStatus, PostSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { cn } from "../lib/cn.ts";
import { statusText } from "../posts/messages.ts";
import { PostLink } from "../posts/post-link.tsx";

const bars: Record<PostStatus, string> = {
  draft: "before:bg-line-strong",
  in_review: "before:bg-warn",
  approved: "before:bg-accent",
  scheduled: "before:bg-accent",
  publishing: "before:bg-accent",
  published: "before:bg-good",
  partly: "before:bg-warn",
  failed: "before:bg-bad",
  missed: "before:bg-bad",
  cancelled: "before:bg-line-strong",
};

type EntryProps = { post: PostSummary; wall: Temporal.PlainDateTime; roomy?: boolean };

/** A post in the calendar: its time, its title, where it goes; the bar's colour repeats the status. */
export function CalendarEntry({ post, wall, roomy = false }: EntryProps) {
  return (
    <PostLink
      post={post}
      className={cn(
        "relative block overflow-hidden rounded-md bg-fill py-1 pr-1.5 pl-2.5 text-xs transition-colors before:absolute before:inset-y-1 before:left-1 before:w-0.5 before:rounded-full hover:bg-fill-strong",
        bars[post.status],
        post.status === "cancelled" && "line-through opacity-70",
      )}
    >
      <span className="flex items-center gap-1.5">
        <span className="tabular text-faint">{wall.toPlainTime().toString({ smallestUnit: "minute" })}</span>
        <span className="sr-only">{statusText[post.status]}</span>
        <span className="ml-auto flex shrink-0 gap-0.5">
          {post.channels.slice(0, 3).map((channel) => (
            <ChannelIcon key={channel.channelId} connector={channel.connector} className="size-3.5" />
          ))}
        </span>
      </span>
      <span className={cn("block font-medium text-ink", roomy ? "line-clamp-3" : "truncate")}>
        {post.title}
      </span>
    </PostLink>
  );
}
