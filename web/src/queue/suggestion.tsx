import { useQuery } from "@tanstack/react-query";
import type { Post } from "../api/types.ts";
import { formatMomentWithZone } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { queueText } from "./messages.ts";
import { useQueuePost } from "./mutations.ts";
import { suggestionQuery } from "./queries.ts";

/** The next free slot of a post's channels, why it is that one, and the button that takes it. */
export function Suggestion({ post, onDone }: { post: Post; onDone: () => void }) {
  const channelIds = post.channels.map(({ channelId }) => channelId);
  const found = useQuery({ ...suggestionQuery(channelIds, post.id), enabled: channelIds.length > 0 });
  const add = useQueuePost();
  // Without slots there is nothing to offer; a time can be chosen all the same.
  if (!found.data) return null;
  return (
    <Notice
      title={queueText.suggested(formatMomentWithZone(found.data.at, found.data.zone))}
      action={
        <Button size="sm" busy={add.isPending} onClick={() => add.mutate(post.id, { onSuccess: onDone })}>
          {queueText.addPost}
        </Button>
      }
    >
      {found.data.reasons.join(" ")}
    </Notice>
  );
}
