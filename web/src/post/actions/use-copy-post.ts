import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { api } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import type { Post } from "../../api/types.ts";
import { postText } from "../messages.ts";

/** Makes a draft of what a post says now, and goes to it. */
export function useCopyPost() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (postId: string) => api.post<Post>(`/posts/${postId}/copy`),
    onSuccess: async ({ id }) => {
      await navigate({ to: "/posts/$postId/edit", params: { postId: id } });
      toast.success(postText.copied);
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["posts"] }),
  });
}
