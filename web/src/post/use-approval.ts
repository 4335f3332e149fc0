import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { api } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { postQuery } from "../api/queries.ts";
import type { Post } from "../api/types.ts";
import { postText } from "./messages.ts";
import { refreshPosts } from "./use-post-action.ts";

/** Approves exactly what was on the screen, by its hash. */
export function useApproval(postId: string, onApproved: (post: Post) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (boundHash: string) => api.post<Post>(`/posts/${postId}/approve`, { boundHash, note: "" }),
    onSuccess: (post) => {
      queryClient.setQueryData(postQuery(postId).queryKey, post);
      toast.success(postText.approved(post.title));
      onApproved(post);
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => refreshPosts(queryClient),
  });
}
