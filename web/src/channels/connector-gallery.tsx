import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "../api/problem.ts";
import type { Connector, FormField, Platform } from "../api/types.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/field.tsx";
import { Card } from "../ui/layout.tsx";
import { AppDialog } from "./app-dialog.tsx";
import { ChannelIcon } from "./channel-icon.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize, useConnectForm } from "./mutations.ts";

const GuideDialog = lazyWindow(async () => (await import("./guide-dialog.tsx")).GuideDialog);

type Chosen = { connector: Connector; fields: FormField[] };
type GalleryProps = {
  connectors: Connector[];
  platforms: Platform[];
  returnTo: string;
  allowed: boolean;
  suggestSandbox: boolean;
};
type Opened = { kind: "app" | "guide"; platform: Platform };

/** What can be connected, each with its one button. */
export function ConnectorGallery({ connectors, platforms, returnTo, allowed, suggestSandbox }: GalleryProps) {
  const authorize = useAuthorize(returnTo);
  const connectForm = useConnectForm(() => {});
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = connectors.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted));

  function connect(connector: Connector, platform: Platform | undefined): void {
    if (platform?.app && !platform.configured) setOpened({ kind: "app", platform });
    else if (connector.connect.kind === "oauth") {
      if (connector.connect.before) setChosen({ connector, fields: connector.connect.before.fields });
      else authorize.mutate({ connector: connector.id });
    } else if (isFilled(connector.connect.fields)) connectFilled(connector, connector.connect.fields);
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
      {connectors.length > 6 ? (
        <Input
          type="search"
          className="mb-3 max-w-xs"
          aria-label={channelsText.search}
          placeholder={channelsText.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      ) : null}
      {shown.length === 0 && search !== "" ? (
        <p role="status" className="text-sm text-dim">
          {channelsText.noPlatform(search)}
        </p>
      ) : null}
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {shown.map((connector) => (
          <li key={connector.id}>
            <ConnectorCard
              connector={connector}
              platform={platforms.find(({ id }) => id === connector.id)}
              allowed={allowed}
              suggested={connector.id === "sandbox" && suggestSandbox}
              busy={
                (authorize.isPending && authorize.variables.connector === connector.id) ||
                (connectForm.isPending && connectForm.variables.connector === connector.id)
              }
              onConnect={(platform) => connect(connector, platform)}
              onOwnSettings={() => setChosen(formOf(connector))}
              onOpen={setOpened}
            />
          </li>
        ))}
      </ul>
      {chosen ? <ConnectForm {...chosen} returnTo={returnTo} onClose={() => setChosen(null)} /> : null}
      {opened?.kind === "app" && opened.platform.app ? (
        <AppDialog platform={opened.platform} app={opened.platform.app} onClose={() => setOpened(null)} />
      ) : null}
      {opened?.kind === "guide" ? (
        <GuideDialog platform={opened.platform} onClose={() => setOpened(null)} />
      ) : null}
    </>
  );
}

type CardProps = {
  connector: Connector;
  platform: Platform | undefined;
  allowed: boolean;
  suggested: boolean;
  busy: boolean;
  onConnect: (platform: Platform | undefined) => void;
  onOwnSettings: () => void;
  onOpen: (opened: Opened) => void;
};

function ConnectorCard({
  connector,
  platform,
  allowed,
  suggested,
  busy,
  onConnect,
  onOwnSettings,
  onOpen,
}: CardProps) {
  const needsApp = platform?.app !== undefined && platform.app !== null && !platform.configured;
  const connected = platform?.accounts.connected ?? 0;
  const action = needsApp ? channelsText.setUp : channelsText.connect;
  return (
    <Card className="flex h-full flex-col gap-3 p-4">
      <div className="flex items-center gap-3">
        <ChannelIcon connector={connector.id} className="size-8" />
        <h3 className="min-w-0 flex-1 truncate font-semibold">{connector.name}</h3>
        {suggested ? <Badge tone="accent">{channelsText.recommended}</Badge> : null}
        {!suggested && connected > 0 ? <Badge tone="good">{channelsText.accounts(connected)}</Badge> : null}
        {needsApp && connected === 0 ? <Badge>{channelsText.needsApp}</Badge> : null}
      </div>
      <p className="flex-1 text-sm text-dim">{connector.summary}</p>
      <div className="flex flex-wrap items-center gap-1">
        <Button
          variant={suggested ? "primary" : "secondary"}
          disabled={!allowed}
          busy={busy}
          onClick={() => onConnect(platform)}
          aria-label={`${action} ${connector.name}`}
        >
          {action}
        </Button>
        {connector.connect.kind === "form" && isFilled(connector.connect.fields) ? (
          <Button variant="ghost" disabled={!allowed} onClick={onOwnSettings}>
            {channelsText.ownSettings}
          </Button>
        ) : null}
        {platform?.app && platform.configured ? (
          <Button
            variant="ghost"
            disabled={!allowed}
            aria-label={`${channelsText.appSettings} ${connector.name}`}
            onClick={() => onOpen({ kind: "app", platform })}
          >
            {channelsText.appSettings}
          </Button>
        ) : null}
        {platform?.hasGuide ? (
          <Button
            variant="ghost"
            aria-label={`${channelsText.guide} ${connector.name}`}
            onClick={() => onOpen({ kind: "guide", platform })}
          >
            {channelsText.guide}
          </Button>
        ) : null}
      </div>
    </Card>
  );
}

/** A form that comes filled throughout, as that of the built-in mail catcher, needs one click. */
function isFilled(fields: FormField[]): boolean {
  return fields.every((field) => !field.required || field.initial !== "");
}

function formOf(connector: Connector): Chosen | null {
  return connector.connect.kind === "form" ? { connector, fields: connector.connect.fields } : null;
}
