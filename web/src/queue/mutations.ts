import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Body } from "../api/types.ts";
import { queueText } from "./messages.ts";

/** Gives a post the next free slot of its channels. */
export function useQueuePost() {
  return useMutation({
    mutationFn: (id: string) => call("queuePost", { params: { id } }),
    onSuccess: () => toast.success(queueText.queued),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("post"),
  });
}

export function useMoveInQueue() {
  return useMutation({
    mutationFn: ({ id, direction }: { id: string } & Body<"moveInQueue">) =>
      call("moveInQueue", { params: { id }, body: { direction } }),
    onSuccess: () => toast.success(queueText.moved),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("post"),
  });
}

/** One slot after the other; what was refused is told by the form. */
export function useAddSlots() {
  return useMutation({
    mutationFn: async (slots: Body<"addQueueSlot">[]) => {
      for (const body of slots) await call("addQueueSlot", { body });
    },
    onSuccess: () => toast.success(queueText.added),
    onSettled: useRefresh("queue"),
  });
}

export function useRemoveSlot() {
  return useMutation({
    mutationFn: (id: string) => call("removeQueueSlot", { params: { id } }),
    onSuccess: () => toast.success(queueText.removed),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("queue"),
  });
}
