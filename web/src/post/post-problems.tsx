import { Link } from "@tanstack/react-router";
import { useCan } from "../account/use-me.ts";
import type { Post } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { lostChannels, ReconnectChannels } from "./delivery/lost-channels.tsx";
import { postText } from "./messages.ts";
import { errorsOf } from "./problem-links.tsx";

const ahead = new Set(["draft", "in_review", "approved", "scheduled"]);

/** What keeps a post that has not left yet from going out: its buttons alone would only be grey. */
export function PostProblems({ post }: { post: Post }) {
  const mayManage = useCan("channels.manage");
  if (!ahead.has(post.status) || post.deletedAt !== null) return null;
  const found = errorsOf(post);
  if (found.length === 0) return null;
  const lost = lostChannels(post);
  const ofChannel = found.some(({ code }) => code.startsWith("desk.channel_"));
  return (
    <Notice
      tone="warn"
      title={postText.blocked(found.length)}
      action={
        <span className="flex flex-wrap gap-2">
          <ReconnectChannels ids={lost} />
          {ofChannel && mayManage && lost.length === 0 ? (
            <Button asChild size="sm">
              <Link to="/channels">{postText.toChannels}</Link>
            </Button>
          ) : null}
        </span>
      }
    >
      <ul className="mt-1 grid gap-1">
        {found.map(({ channelId, code, path, message }) => (
          <li key={`${channelId} ${code} ${path}`}>
            <span className="font-medium">
              {post.channels.find((channel) => channel.channelId === channelId)?.handle ?? ""}
            </span>
            : {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
