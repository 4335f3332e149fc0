import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "../api/problem.ts";
import type { Connector, FormField } from "../api/types.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/layout.tsx";
import { ChannelIcon } from "./channel-icon.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize, useConnectForm } from "./use-connect.ts";

type Chosen = { connector: Connector; fields: FormField[] };
type GalleryProps = { connectors: Connector[]; returnTo: string; allowed: boolean; suggestSandbox: boolean };

/** What can be connected, each with its one button. */
export function ConnectorGallery({ connectors, returnTo, allowed, suggestSandbox }: GalleryProps) {
  const authorize = useAuthorize(returnTo);
  const connectForm = useConnectForm(() => {});
  const [chosen, setChosen] = useState<Chosen | null>(null);

  function connect(connector: Connector): void {
    if (connector.connect.kind === "oauth") authorize.mutate(connector.id);
    else if (isFilled(connector.connect.fields)) connectFilled(connector, connector.connect.fields);
    else setChosen(formOf(connector));
  }

  function connectFilled(connector: Connector, fields: FormField[]): void {
    const form = Object.fromEntries(fields.map((field) => [field.key, field.initial]));
    connectForm.mutate(
      { connector: connector.id, form },
      {
        onError: (error) => {
          toast.error(messageOf(error));
          setChosen({ connector, fields });
        },
      },
    );
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
                {connector.id === "sandbox" && suggestSandbox ? (
                  <Badge tone="accent" className="ml-auto">
                    {channelsText.recommended}
                  </Badge>
                ) : null}
              </div>
              <p className="flex-1 text-sm text-dim">{connector.summary}</p>
              <div className="flex items-center gap-1">
                <Button
                  variant={connector.id === "sandbox" && suggestSandbox ? "primary" : "secondary"}
                  disabled={!allowed}
                  busy={
                    (authorize.isPending && authorize.variables === connector.id) ||
                    (connectForm.isPending && connectForm.variables.connector === connector.id)
                  }
                  onClick={() => connect(connector)}
                  aria-label={`${channelsText.connect} ${connector.name}`}
                >
                  {channelsText.connect}
                </Button>
                {connector.connect.kind === "form" && isFilled(connector.connect.fields) ? (
                  <Button variant="ghost" disabled={!allowed} onClick={() => setChosen(formOf(connector))}>
                    {channelsText.ownSettings}
                  </Button>
                ) : null}
              </div>
            </Card>
          </li>
        ))}
      </ul>
      {chosen ? <ConnectForm {...chosen} onClose={() => setChosen(null)} /> : null}
    </>
  );
}

/** A form that comes filled throughout, as that of the built-in mail catcher, needs one click. */
function isFilled(fields: FormField[]): boolean {
  return fields.every((field) => !field.required || field.initial !== "");
}

function formOf(connector: Connector): Chosen | null {
  return connector.connect.kind === "form" ? { connector, fields: connector.connect.fields } : null;
}
