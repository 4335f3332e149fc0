import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import { postText } from "../messages.ts";

/** Deletes a draft at once; the message that says so can bring it back. */
export function useDeletePost() {
  const navigate = useNavigate();
  const refresh = useRefresh("post");

  const restore = useMutation({
    mutationFn: (postId: string) => call("restorePost", { params: { id: postId } }),
    onSuccess: (_answer, postId) => navigate({ to: "/posts/$postId/edit", params: { postId } }),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: refresh,
  });
  return useMutation({
    mutationFn: (postId: string) => call("removePost", { params: { id: postId } }),
    onSuccess: async (_answer, postId) => {
      await navigate({ to: "/posts" });
      const action = { label: postText.undo, onClick: () => restore.mutate(postId) };
      toast(postText.deleted, { duration: 8_000, action });
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: refresh,
  });
}
