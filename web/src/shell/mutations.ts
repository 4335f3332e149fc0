import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Body } from "../api/types.ts";
import { quarantineText } from "./messages.ts";

/** An admin of the installation says that sending may go on. */
export function useReleaseQuarantine() {
  return useMutation({
    mutationFn: (body: Body<"releaseQuarantine">) => call("releaseQuarantine", { body }),
    onSuccess: () => toast.success(quarantineText.released),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("quarantine"),
  });
}
