import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ExternalToast, toast } from "sonner";
import { api } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";

export type PostAction =
  | "submit"
  | "withdraw"
  | "approve"
  | "request-changes"
  | "schedule"
  | "unschedule"
  | "publish"
  | "cancel"
  | "restore";

type Step = { action: PostAction; body?: Record<string, unknown>; message: string; offer?: ExternalToast };

/** One step of a post's way. What it changes is read again, also when it was refused: then somebody was faster. */
export function usePostAction(postId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ action, body = {} }: Step) => api.post(`/posts/${postId}/${action}`, body),
    onSuccess: (_answer, { message, offer }) => toast.success(message, offer),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => refreshPosts(queryClient),
  });
}

/** Everything that a decision on a post makes stale. */
export async function refreshPosts(queryClient: QueryClient): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["posts"] }),
    queryClient.invalidateQueries({ queryKey: ["deliveries"] }),
  ]);
}
