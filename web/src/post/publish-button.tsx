import { type ReactNode, useState } from "react";
import type { Post } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { postText } from "./messages.ts";
import { usePostAction } from "./use-post-action.ts";

type PublishProps = { post: Post; size: "sm" | "md"; children: ReactNode };

/** Publishes an approved post at once, after it was asked with the post's name and channels. */
export function PublishButton({ post, size, children }: PublishProps) {
  const [asking, setAsking] = useState(false);
  const publish = usePostAction(post.id);
  return (
    <>
      <Button variant="primary" size={size} busy={publish.isPending} onClick={() => setAsking(true)}>
        {children}
      </Button>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={postText.publishTitle(post.title)}
        description={postText.publishLead(post.channels.map((channel) => channel.handle).join(", "))}
        action={postText.publish}
        cancel={postText.keep}
        tone="primary"
        onConfirm={() => publish.mutate({ action: "publish", message: postText.publishing })}
      />
    </>
  );
}
