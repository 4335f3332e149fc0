import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Channel } from "../api/types.ts";
import { channelsText } from "./messages.ts";

type Wanted = {
  connector: string;
  /** The channel to connect again. */
  channelId?: string;
  /** What is asked before the consent page. */
  form?: Record<string, string>;
  /** Without what a channel can do without, for an app that does not offer it. */
  onlyNeeded?: boolean;
};

/** Leaves for the platform's consent page; it leads back to `returnTo`. */
export function useAuthorize(returnTo: string) {
  return useMutation({
    mutationFn: (wanted: Wanted) =>
      call("authorizeChannel", { body: { ...wanted, interactive: true, returnTo } }),
    onSuccess: ({ authorizeUrl }) => globalThis.location.assign(authorizeUrl),
    // A form tells it beside its fields.
    onError: (error, { form }) => (form ? undefined : toast.error(messageOf(error))),
  });
}

export function useConnectForm(onConnected: (channel: Channel) => void) {
  const refresh = useRefresh("channel");
  return useMutation({
    mutationFn: (body: { connector: string; form: Record<string, string> }) =>
      call("connectChannel", { body }),
    onSuccess: async (channel) => {
      await refresh();
      toast.success(channelsText.nowConnected(channel.handle));
      onConnected(channel);
    },
  });
}
