import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { api } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Post } from "../api/types.ts";
import { composerText } from "../composer/messages.ts";
import { hidePost } from "../posts/hidden-posts.ts";

/** Deletes a draft, with a moment to change one's mind: the request goes out when the message has gone. */
export function useDeletePost(): (post: Pick<Post, "id">) => void {
  const queryClient = useQueryClient();
  const navigate = useNavigate();

  return (post) => {
    let undone = false;
    async function settle(): Promise<void> {
      if (undone) return;
      await api.delete(`/posts/${post.id}`).catch((error: unknown) => toast.error(messageOf(error)));
      await queryClient.invalidateQueries({ queryKey: ["posts"] });
      hidePost(post.id, false);
    }
    hidePost(post.id, true);
    void navigate({ to: "/posts" });
    toast(composerText.deleted, {
      duration: 6_000,
      action: {
        label: composerText.undo,
        onClick: () => {
          undone = true;
          hidePost(post.id, false);
          void navigate({ to: "/posts/$postId/edit", params: { postId: post.id } });
        },
      },
      onAutoClose: () => void settle(),
      onDismiss: () => void settle(),
    });
  };
}
