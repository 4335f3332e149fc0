import { useMutation } from "@tanstack/react-query";
import { type ExternalToast, toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import type { Body } from "../../api/types.ts";

/** The steps that need nothing but the post. */
const plain = {
  submit: "submitPost",
  withdraw: "withdrawPost",
  unschedule: "unschedulePost",
  cancel: "cancelPost",
  restore: "restorePost",
} as const;
export type PostAction = keyof typeof plain;

type Asked =
  | { action: PostAction }
  | { action: "publish"; body: Body<"publishPost"> }
  | { action: "schedule"; body: Body<"schedulePost"> }
  | { action: "request-changes"; body: Body<"requestChanges"> };
type Step = Asked & { message: string; offer?: ExternalToast };

function take(step: Asked, id: string): Promise<unknown> {
  const params = { id };
  if (step.action === "publish") return call("publishPost", { params, body: step.body });
  if (step.action === "schedule") return call("schedulePost", { params, body: step.body });
  if (step.action === "request-changes") return call("requestChanges", { params, body: step.body });
  return call(plain[step.action], { params });
}

/** One step of a post's way. What it changes is read again, also when it was refused: then somebody was faster. */
export function usePostAction(postId: string) {
  return useMutation({
    mutationFn: (step: Step) => take(step, postId),
    onSuccess: (_answer, { message, offer }) => toast.success(message, offer),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("post"),
  });
}
