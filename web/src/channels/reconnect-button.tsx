import { Link2Icon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { connectorsQuery } from "../api/queries.ts";
import type { Channel } from "../api/types.ts";
import { useCan } from "../api/use-me.ts";
import { Button } from "../ui/button.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize } from "./use-connect.ts";

/**
 * Leads to the platform's consent page and back to this very place. A platform that asks something before it
 * is connected on the channels page, where its form is.
 */
export function ReconnectButton({ channel }: { channel: Pick<Channel, "id" | "connector" | "handle"> }) {
  const connectors = useQuery(connectorsQuery);
  const allowed = useCan("channels.manage");
  const here = useLocation({ select: ({ pathname }) => pathname });
  const authorize = useAuthorize(here);
  const connect = connectors.data?.find(({ id }) => id === channel.connector)?.connect;
  if (!allowed) return <span className="text-sm text-dim">{channelsText.managersOnly}</span>;
  if (connect?.kind !== "oauth" || connect.before) {
    return (
      <Button asChild size="sm">
        <Link to="/channels">
          <Link2Icon aria-hidden="true" />
          {channelsText.reconnectAccount}
        </Link>
      </Button>
    );
  }
  return (
    <Button
      size="sm"
      busy={authorize.isPending}
      onClick={() => authorize.mutate({ connector: channel.connector, channelId: channel.id })}
    >
      <Link2Icon aria-hidden="true" />
      {channelsText.reconnectAccount}
    </Button>
  );
}
