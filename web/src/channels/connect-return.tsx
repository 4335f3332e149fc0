import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import type { Connector } from "../api/types.ts";
import { Confirm } from "../ui/confirm.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize } from "./mutations.ts";
import { channelsQuery, connectorsQuery } from "./queries.ts";

const shell = getRouteApi("/shell");

/**
 * Tells how it went when the browser comes back from a consent page, wherever it left from, then cleans the
 * address. Where the app lacks a permission that a channel can do without, it offers to go without.
 */
export function ConnectReturn() {
  const { connected, connect_error: error, connect_platform: platform } = shell.useSearch();
  const navigate = useNavigate();
  const refresh = useRefresh("channel");
  const returned = connected !== undefined || error !== undefined;
  const { data: channels } = useQuery({ ...channelsQuery, enabled: returned });
  const { data: connectors } = useQuery({ ...connectorsQuery, enabled: returned });
  const connector = connectors?.find(({ id }) => id === platform);
  const lacking =
    error === "channels.invalid_scope" && connector && spared(connector) !== "" ? connector : null;

  function cleanAddress(): void {
    void navigate({
      to: ".",
      search: ({ connected: _connected, connect_error: _error, connect_platform: _platform, ...rest }) =>
        rest,
      replace: true,
    });
  }
  const tell = useEffectEvent(() => {
    const handle = channels?.find((channel) => channel.id === connected)?.handle ?? channelsText.connected;
    if (connected) toast.success(channelsText.nowConnected(handle));
    if (error) toast.error(channelsText.connectErrors[error] ?? channelsText.connectFailed);
    void refresh();
    cleanAddress();
  });
  const ready = returned && channels !== undefined && connectors !== undefined && lacking === null;
  useEffect(() => {
    if (ready) tell();
  }, [ready]);

  return lacking ? <WithoutTheRest connector={lacking} onClose={cleanAddress} /> : null;
}

/** What a channel works without, in words; empty where everything is needed, or a form comes before the consent. */
function spared({ connect }: Connector): string {
  if (connect.kind !== "oauth" || connect.before) return "";
  return connect.optionalScopes.map(({ enables }) => enables).join("; ");
}

function WithoutTheRest({ connector, onClose }: { connector: Connector; onClose: () => void }) {
  const here = useLocation({ select: ({ pathname }) => pathname });
  const authorize = useAuthorize(here);
  return (
    <Confirm
      open
      onOpenChange={onClose}
      tone="primary"
      title={channelsText.lacksScopes(connector.name)}
      description={channelsText.withoutTheRest(spared(connector))}
      action={channelsText.onlyNeeded}
      cancel={channelsText.cancel}
      onConfirm={() => authorize.mutate({ connector: connector.id, onlyNeeded: true })}
    />
  );
}
