import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";

/** The bytes as they are: which encoding they are in is for the server to find out. */
async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const chunks: string[] = [];
  for (let start = 0; start < bytes.length; start += 32_768)
    chunks.push(String.fromCodePoint(...bytes.subarray(start, start + 32_768)));
  return btoa(chunks.join(""));
}

/** Sends a file to be checked, with the zone of the times in it. */
export function useUploadImport() {
  return useMutation({
    mutationFn: async ({ file, zone }: { file: File; zone: string }) =>
      call("uploadImport", { body: { fileName: file.name, content: await base64Of(file), zone } }),
    onSettled: useRefresh("import"),
  });
}

export function useStartImport(id: string) {
  return useMutation({
    mutationFn: () => call("startImport", { params: { id } }),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("import"),
  });
}
