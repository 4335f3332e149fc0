import { ChevronDownIcon, ChevronUpIcon } from "@radix-ui/react-icons";
import type { Channel, QueueItem } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { formatMomentWithZone } from "../lib/format.ts";
import { PostLink } from "../posts/post-link.tsx";
import { PostStatusLabel } from "../posts/post-status.tsx";
import { Button } from "../ui/button.tsx";
import { queueText } from "./messages.ts";
import { useMoveInQueue } from "./mutations.ts";

type UpcomingProps = { items: QueueItem[]; channels: Channel[]; allowed: boolean };

/** The coming moments in order; a moment of several channels is one row. */
export function Upcoming({ items, channels, allowed }: UpcomingProps) {
  const move = useMoveInQueue();
  const rows = [...Map.groupBy(items, ({ at, post }) => `${at} ${post?.id ?? ""}`).entries()];
  return (
    <ol className="divide-y divide-line">
      {rows.map(([key, group]) => {
        const [first] = group;
        if (!first) return null;
        const { post } = first;
        return (
          <li key={key} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5 text-sm">
            <span className="tabular w-48 shrink-0 text-dim">
              {formatMomentWithZone(first.at, first.zone)}
            </span>
            <span className="flex shrink-0 gap-1">
              {group.map(({ channelId, slotId }) => (
                <ChannelIcon key={slotId} connector={connectorOf(channels, channelId)} className="size-4.5" />
              ))}
            </span>
            {post ? (
              <>
                <PostLink
                  post={post}
                  className="min-w-0 flex-1 basis-24 truncate font-medium hover:underline"
                />
                <PostStatusLabel status={post.status} />
                {allowed && post.queued ? (
                  <span className="flex">
                    <Button
                      variant="ghost"
                      size="iconSm"
                      aria-label={queueText.up(post.title)}
                      disabled={move.isPending}
                      onClick={() => move.mutate({ id: post.id, direction: "earlier" })}
                    >
                      <ChevronUpIcon />
                    </Button>
                    <Button
                      variant="ghost"
                      size="iconSm"
                      aria-label={queueText.down(post.title)}
                      disabled={move.isPending}
                      onClick={() => move.mutate({ id: post.id, direction: "later" })}
                    >
                      <ChevronDownIcon />
                    </Button>
                  </span>
                ) : null}
              </>
            ) : (
              <span className="text-faint">{queueText.free}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function connectorOf(channels: Channel[], id: string): string {
  return channels.find((channel) => channel.id === id)?.connector ?? "";
}
