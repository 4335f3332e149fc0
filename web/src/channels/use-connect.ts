import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { api } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Channel } from "../api/types.ts";
import { channelsText } from "./messages.ts";

/** Leaves for the platform's consent page; it leads back to `returnTo`. */
export function useAuthorize(returnTo: string) {
  return useMutation({
    mutationFn: (connector: string) =>
      api.post<{ authorizeUrl: string }>("/channels/authorize", { connector, interactive: true, returnTo }),
    onSuccess: ({ authorizeUrl }) => globalThis.location.assign(authorizeUrl),
    onError: (error) => toast.error(messageOf(error)),
  });
}

export function useConnectForm(onConnected: (channel: Channel) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { connector: string; form: Record<string, string> }) =>
      api.post<Channel>("/channels", body),
    onSuccess: async (channel) => {
      await queryClient.invalidateQueries({ queryKey: ["channels"] });
      toast.success(channelsText.nowConnected(channel.handle));
      onConnected(channel);
    },
  });
}
