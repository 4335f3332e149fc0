import { useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Post } from "../../api/types.ts";
import { formatList } from "../../lib/format.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { postText } from "../messages.ts";
import { skippable } from "../unready.ts";
import { usePostAction } from "./use-post-action.ts";

type PublishProps = { post: Post; size: "sm" | "md"; children: ReactNode };

/** Publishes an approved post at once, after it was asked with the post's name and channels. */
export function PublishButton({ post, size, children }: PublishProps) {
  const [asking, setAsking] = useState(false);
  const publish = usePostAction(post.id);
  const navigate = useNavigate();
  const isThere = useLocation({ select: ({ pathname }) => pathname === `/posts/${post.id}` });
  // Where the post leaves the screen as it goes out, the message leads to what became of it.
  const open = () => void navigate({ to: "/posts/$postId", params: { postId: post.id } });
  const offer = isThere ? {} : { action: { label: postText.openPost, onClick: open } };
  const left = skippable(post, "publish");
  return (
    <>
      <Button variant="primary" size={size} busy={publish.isPending} onClick={() => setAsking(true)}>
        {children}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={postText.publishTitle(post.title)}
        description={
          left.length > 0
            ? postText.skipLead(left.map(({ handle, reason }) => `${handle}: ${reason}`).join(" "))
            : postText.publishLead(formatList(post.channels.map((channel) => channel.handle)))
        }
        action={left.length > 0 ? postText.publishOthers : postText.publish}
        cancel={postText.keep}
        tone="primary"
        onConfirm={() =>
          publish.mutate({
            action: "publish",
            body: { unready: left.length > 0 ? "skip" : "refuse" },
            message: postText.publishing,
            offer,
          })
        }
      />
    </>
  );
}
