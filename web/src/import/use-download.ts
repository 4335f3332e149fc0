import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import type { FileOperation } from "#contract";
import { file } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";

/** Fetches a file as the signed-in person, of the chosen workspace, and hands it to the browser. */
export function useDownload() {
  return useMutation({
    mutationFn: (operation: FileOperation) => file(operation),
    onSuccess: ({ blob, name }) => {
      const link = globalThis.document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      // Not at once: the browser may still have to read it.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
    onError: (error) => toast.error(messageOf(error)),
  });
}
