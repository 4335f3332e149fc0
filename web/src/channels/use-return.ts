import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { toast } from "sonner";
import { channelsQuery } from "../api/queries.ts";
import { channelsText } from "./messages.ts";

const shell = getRouteApi("/shell");

/** Tells how it went when the browser comes back from a consent page, wherever it left from, then cleans the address. */
export function useReturnFromPlatform(): void {
  const { connected, connect_error: error } = shell.useSearch();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const returned = connected !== undefined || error !== undefined;
  const { data: channels } = useQuery({ ...channelsQuery, enabled: returned });
  useEffect(() => {
    if (!channels || !returned) return;
    const handle = channels.find((channel) => channel.id === connected)?.handle ?? channelsText.connected;
    if (connected) toast.success(channelsText.nowConnected(handle));
    if (error) toast.error(channelsText.connectErrors[error] ?? channelsText.connectFailed);
    void queryClient.invalidateQueries({ queryKey: ["deliveries"] });
    void navigate({
      to: ".",
      search: ({ connected: _connected, connect_error: _error, ...rest }) => rest,
      replace: true,
    });
  }, [channels, returned, connected, error, navigate, queryClient]);
}
