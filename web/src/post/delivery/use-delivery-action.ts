import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../../api/changes.ts";
import { call } from "../../api/client.ts";
import { fieldError, messageOf } from "../../api/problem.ts";
import type { Body, Delivery } from "../../api/types.ts";
import { texts } from "../../lib/texts.ts";
import { postText } from "../messages.ts";

export type DeliveryAnswer =
  | { action: "retry" }
  | { action: "leave" }
  | { action: "resolve"; body: Body<"resolveDelivery"> };

const done = texts((): Record<DeliveryAnswer["action"], string> => ({
  retry: postText.retried,
  leave: postText.left,
  resolve: postText.resolved,
}));

/**
 * What a person decides about a delivery. Everything is read again, also when it was refused: then somebody
 * was faster. A refusal about the address is left to its field.
 */
export function useDeliveryAction(delivery: Delivery) {
  return useMutation({
    mutationFn: (answer: DeliveryAnswer) => {
      const params = { id: delivery.id };
      if (answer.action === "resolve") return call("resolveDelivery", { params, body: answer.body });
      return call(answer.action === "retry" ? "retryDelivery" : "leaveDelivery", { params });
    },
    onSuccess: (_answer, { action }) => toast.success(done[action]),
    onError: (error) => (fieldError(error, "/url") ? undefined : toast.error(messageOf(error))),
    onSettled: useRefresh("delivery"),
  });
}
