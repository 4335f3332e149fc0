import { ClockIcon, MagicWandIcon } from "@radix-ui/react-icons";
import { useMe } from "../account/use-me.ts";
import type { PostSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { formatMoment, formatRelative } from "../lib/format.ts";
import { shortAuthorship } from "./authorship.ts";
import { postsText } from "./messages.ts";
import { PostLink } from "./post-link.tsx";
import { PostStatusLabel } from "./post-status.tsx";

/** A post in a list; the whole row is the link. */
export function PostRow({ post }: { post: PostSummary }) {
  const { workspace } = useMe();
  return (
    <li className="relative grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-1 px-5 py-3.5 transition-colors hover:bg-fill/60 has-[a:focus-visible]:bg-fill/60">
      <div className="min-w-0">
        <PostLink
          post={post}
          className="block truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        />
        <p className="truncate text-sm text-faint">{post.excerpt || "\u00a0"}</p>
      </div>
      <div className="flex flex-col items-end gap-1">
        <PostStatusLabel status={post.status} />
        <p className="flex items-center gap-1.5 text-xs whitespace-nowrap text-faint">
          {post.scheduled ? (
            <>
              <ClockIcon aria-hidden="true" className="size-3" />
              {formatMoment(post.scheduled.at, workspace.timeZone)}
            </>
          ) : (
            postsText.edited(formatRelative(post.updatedAt))
          )}
        </p>
      </div>
      <div className="col-span-2 flex items-center gap-3 text-xs text-faint">
        {post.channels.map((channel) => (
          <span key={channel.channelId} className="inline-flex min-w-0 items-center gap-1.5">
            <ChannelIcon connector={channel.connector} className="size-4" />
            <span className="max-w-40 truncate">{channel.handle}</span>
          </span>
        ))}
        {post.author.kind === "agent" ? (
          <span className="ms-auto hidden items-center gap-1 sm:inline-flex">
            <MagicWandIcon aria-hidden="true" className="size-3" />
            <span className="max-w-80 truncate">{postsText.drafted(shortAuthorship(post))}</span>
          </span>
        ) : null}
      </div>
    </li>
  );
}
