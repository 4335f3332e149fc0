import { useState } from "react";
import type { Connector, FormField } from "../api/types.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/layout.tsx";
import { ChannelIcon } from "./channel-icon.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize } from "./use-connect.ts";

type Chosen = { connector: Connector; fields: FormField[] };
type GalleryProps = { connectors: Connector[]; returnTo: string; allowed: boolean };

/** What can be connected, each with its one button. */
export function ConnectorGallery({ connectors, returnTo, allowed }: GalleryProps) {
  const authorize = useAuthorize(returnTo);
  const [chosen, setChosen] = useState<Chosen | null>(null);

  function connect(connector: Connector): void {
    if (connector.connect.kind === "oauth") authorize.mutate(connector.id);
    else setChosen({ connector, fields: connector.connect.fields });
  }

  return (
    <>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {connectors.map((connector) => (
          <li key={connector.id}>
            <Card className="flex h-full flex-col gap-3 p-4">
              <div className="flex items-center gap-3">
                <ChannelIcon connector={connector.id} className="size-8" />
                <h3 className="font-semibold">{connector.name}</h3>
                {connector.id === "sandbox" ? (
                  <Badge tone="accent" className="ml-auto">
                    {channelsText.recommended}
                  </Badge>
                ) : null}
              </div>
              <p className="flex-1 text-sm text-dim">{connector.summary}</p>
              <Button
                className="self-start"
                variant={connector.id === "sandbox" ? "primary" : "secondary"}
                disabled={!allowed}
                busy={authorize.isPending && authorize.variables === connector.id}
                onClick={() => connect(connector)}
                aria-label={`${channelsText.connect} ${connector.name}`}
              >
                {channelsText.connect}
              </Button>
            </Card>
          </li>
        ))}
      </ul>
      {chosen ? <ConnectForm {...chosen} onClose={() => setChosen(null)} /> : null}
    </>
  );
}
