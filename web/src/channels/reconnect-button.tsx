import { Link2Icon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useCan } from "../account/use-me.ts";
import type { Channel, Connector, FormField } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize } from "./mutations.ts";
import { connectorsQuery } from "./queries.ts";

/** What a platform asks before it is connected; null where its consent page is all there is. */
function fieldsOf({ connect }: Connector): FormField[] | null {
  return connect.kind === "form" ? connect.fields : (connect.before?.fields ?? null);
}

/** Connects an account again, by its form or the platform's consent page, and leads back to this very place. */
export function ReconnectButton({ channel }: { channel: Pick<Channel, "id" | "connector" | "handle"> }) {
  const connectors = useQuery(connectorsQuery);
  const allowed = useCan("channels.manage");
  const [asking, setAsking] = useState(false);
  // What a page shows is part of the place: the chosen post, the month, the tab.
  const here = useLocation({ select: ({ pathname, searchStr }) => pathname + searchStr });
  const authorize = useAuthorize(here);
  const connector = connectors.data?.find(({ id }) => id === channel.connector);
  if (!allowed) return <span className="text-sm text-dim">{channelsText.managersOnly}</span>;
  const fields = connector ? fieldsOf(connector) : null;
  function connect(): void {
    if (fields) setAsking(true);
    else authorize.mutate({ connector: channel.connector, channelId: channel.id });
  }
  return (
    <>
      <Button size="sm" busy={authorize.isPending || !connector} onClick={connect}>
        <Link2Icon aria-hidden="true" />
        {channelsText.reconnectAccount}
        <span className="sr-only"> {channel.handle}</span>
      </Button>
      {asking && connector && fields ? (
        <ConnectForm
          connector={connector}
          fields={fields}
          returnTo={here}
          channelId={channel.id}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
