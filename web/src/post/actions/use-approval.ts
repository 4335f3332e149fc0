import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import type { Post } from "../../api/types.ts";
import { postText } from "../messages.ts";
import { postQuery } from "../queries.ts";
import { type Approved, offerId, undoTime, useUndoApproval } from "./undo-approval.tsx";

/** Approves exactly what was on the screen, by its hash. The message that says so can take it back. */
export function useApproval(postId: string, onApproved: (post: Post) => void) {
  const queryClient = useQueryClient();
  const undo = useUndoApproval();
  return useMutation({
    mutationFn: (boundHash: string) =>
      call("approvePost", { params: { id: postId }, body: { boundHash, note: "" } }),
    onSuccess: (post) => {
      queryClient.setQueryData(postQuery(postId).queryKey, post);
      toast.success(postText.approved(post.title), undoOffer(post, undo.mutate));
      onApproved(post);
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("post"),
  });
}

/** Undo in a message, which stays for as long as it can be done. */
function undoOffer({ id, undoUntil }: Post, undo: (approved: Approved) => void) {
  if (!undoUntil) return {};
  const approved: Approved = { undo: "undoApproval", id };
  const action = { label: postText.undo, onClick: () => undo(approved) };
  return {
    id: offerId(approved),
    duration: undoTime(undoUntil),
    action,
    description: postText.undoLead,
  };
}
