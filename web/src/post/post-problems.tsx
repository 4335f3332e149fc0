import { Link } from "@tanstack/react-router";
import type { Post } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { postText } from "./messages.ts";

const ahead = new Set(["draft", "in_review", "approved", "scheduled"]);

/** What keeps a post that has not left yet from going out: its buttons alone would only be grey. */
export function PostProblems({ post }: { post: Post }) {
  if (!ahead.has(post.status) || post.deletedAt !== null) return null;
  const found = post.checks.flatMap(({ channelId, problems }) =>
    problems
      .filter(({ severity }) => severity === "error")
      .map((problem) => ({
        ...problem,
        channelId,
        handle: post.channels.find((channel) => channel.channelId === channelId)?.handle ?? "",
      })),
  );
  if (found.length === 0) return null;
  const ofChannel = found.some(({ code }) => code.startsWith("desk.channel_"));
  return (
    <Notice
      tone="warn"
      title={postText.blocked(found.length)}
      action={
        ofChannel ? (
          <Button asChild size="sm">
            <Link to="/channels">{postText.toChannels}</Link>
          </Button>
        ) : null
      }
    >
      <ul className="mt-1 grid gap-1">
        {found.map(({ channelId, code, path, handle, message }) => (
          <li key={`${channelId} ${code} ${path}`}>
            <span className="font-medium">{handle}</span>: {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
