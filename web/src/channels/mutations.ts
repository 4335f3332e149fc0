import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import type { Body, Channel, ChannelCheck } from "../api/types.ts";
import { formatList } from "../lib/format.ts";
import { texts } from "../lib/texts.ts";
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

/** The accounts of one consent that become channels. */
export function usePickAccounts(id: string) {
  return useMutation({
    mutationFn: (accountIds: string[]) => call("pickAccounts", { params: { id }, body: { accountIds } }),
    onSuccess: ({ items }) =>
      toast.success(channelsText.nowConnected(formatList(items.map(({ handle }) => handle)))),
    onSettled: useRefresh("channel"),
  });
}

/** Forgets a consent of which nothing was picked. */
export function useDropPending(id: string) {
  return useMutation({ mutationFn: () => call("dropPendingConnection", { params: { id } }) });
}

type ChannelChange = "check" | "pause" | "resume" | "disconnect";

const changed = texts((): Record<ChannelChange, (handle: string) => string> => ({
  check: channelsText.nowChecked,
  pause: channelsText.nowPaused,
  resume: channelsText.nowResumed,
  disconnect: channelsText.nowDisconnected,
}));

export function useChannelChange({ id, handle }: Channel) {
  return useMutation({
    mutationFn: async (change: ChannelChange): Promise<ChannelCheck | null> => {
      if (change === "check") return call("checkChannel", { params: { id } });
      if (change === "disconnect") await call("disconnectChannel", { params: { id } });
      else await call(change === "pause" ? "pauseChannel" : "resumeChannel", { params: { id } });
      return null;
    },
    onSuccess: (check, change) => {
      if (check && !check.healthy) toast.error([check.cause, check.fix].filter(Boolean).join(" "));
      else toast.success(changed[change](handle));
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("channel"),
  });
}

type Ending = "liftHold" | "forgetWindow";

const ended = texts((): Record<Ending, (handle: string) => string> => ({
  liftHold: channelsText.lifted,
  forgetWindow: channelsText.forgotten,
}));

/** Ends what slows a channel's posts. */
export function useEnding({ id, handle }: Channel) {
  return useMutation({
    mutationFn: (ending: Ending) => call(ending, { params: { id } }),
    onSuccess: (_answer, ending) => toast.success(ended[ending](handle)),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("channel"),
  });
}

export function useDismissWarning() {
  return useMutation({
    mutationFn: (id: string) => call("dismissExpiryWarning", { params: { id } }),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("channel"),
  });
}

export function useSaveApp({ id, name }: { id: string; name: string }) {
  return useMutation({
    mutationFn: (body: Body<"savePlatformApp">) =>
      call("savePlatformApp", { params: { connector: id }, body }),
    onSuccess: () => toast.success(channelsText.appSaved(name)),
    onSettled: useRefresh("app"),
  });
}

export function useRemoveApp({ id, name }: { id: string; name: string }) {
  return useMutation({
    mutationFn: () => call("removePlatformApp", { params: { connector: id } }),
    onSuccess: () => toast.success(channelsText.appRemoved(name)),
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("app"),
  });
}
