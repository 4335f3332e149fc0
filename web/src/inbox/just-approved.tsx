import { Cross2Icon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { NextSteps, waitsFor } from "../post/next-steps.tsx";
import { postQuery } from "../post/queries.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { inboxText } from "./messages.ts";

/** What was approved a moment ago, and the way from there to its readers. */
export function JustApproved({ postId, onClose }: { postId: string; onClose: () => void }) {
  const { data: post } = useQuery(postQuery(postId));
  if (!post || (post.status !== "approved" && post.status !== "scheduled")) return null;
  return (
    <Notice
      tone="good"
      className="mb-6"
      action={
        <Button variant="ghost" size="iconSm" aria-label={inboxText.closeNotice} onClick={onClose}>
          <Cross2Icon />
        </Button>
      }
    >
      <p dir="auto" className="font-medium">
        {inboxText.justApproved} {post.title}
      </p>
      <p className="mb-2">{waitsFor(post)}</p>
      <div className="flex flex-wrap gap-2">
        <NextSteps post={post} />
        <Button asChild size="sm" variant="ghost">
          <Link to="/posts/$postId" params={{ postId }}>
            {inboxText.openPost}
            <span className="sr-only"> {post.title}</span>
          </Link>
        </Button>
      </div>
    </Notice>
  );
}
