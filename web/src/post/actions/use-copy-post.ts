import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import { postText } from "../messages.ts";

/** Makes a draft of what a post says now, and goes to it. */
export function useCopyPost() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (postId: string) => call("copyPost", { params: { id: postId } }),
    onSuccess: async ({ id }) => {
      await navigate({ to: "/posts/$postId/edit", params: { postId: id } });
      toast.success(postText.copied);
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("post"),
  });
}
