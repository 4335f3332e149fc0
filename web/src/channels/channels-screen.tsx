import { Share1Icon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useCan } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Channel, Connector, FormField } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, Empty, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { ChannelRow } from "./channel-row.tsx";
import { ConnectForm } from "./connect-form.tsx";
import { ConnectorGallery } from "./connector-gallery.tsx";
import { ExpiryWarnings } from "./expiry-warnings.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize } from "./mutations.ts";
import { PickerDialog } from "./picker-dialog.tsx";
import { channelsQuery, connectorsQuery, platformsQuery, slowedQuery } from "./queries.ts";

const route = getRouteApi("/shell/channels");

export function ChannelsScreen() {
  const channels = useQuery(channelsQuery);
  const connectors = useQuery(connectorsQuery);
  const allowed = useCan("channels.manage");
  const authorize = useAuthorize("/channels");
  const platforms = useQuery(platformsQuery);
  const slowed = useQuery(slowedQuery);
  const [form, setForm] = useState<{
    connector: Connector;
    fields: FormField[];
    channelId: string;
  } | null>(null);
  const { pick } = route.useSearch();
  const navigate = route.useNavigate();

  function reconnect(channel: Channel): void {
    const connector = connectors.data?.find((candidate) => candidate.id === channel.connector);
    const channelId = channel.id;
    if (!connector) return;
    const { connect } = connector;
    const fields = connect.kind === "form" ? connect.fields : connect.before?.fields;
    if (fields) setForm({ connector, fields, channelId });
    else authorize.mutate({ connector: channel.connector, channelId });
  }

  const failure = channels.error ?? connectors.error;
  const connected = channels.data ?? [];
  return (
    <Page>
      <PageHeader
        title={channelsText.title}
        lead={channelsText.lead}
        actions={
          <Button asChild>
            <Link to="/channels/doctor">{channelsText.doctor}</Link>
          </Button>
        }
      />
      <ExpiryWarnings />
      {failure ? (
        <Notice tone="bad" className="mb-4">
          {messageOf(failure)}
        </Notice>
      ) : null}
      {allowed ? null : <Notice className="mb-4">{channelsText.managersOnly}</Notice>}
      <Card>
        <CardHeader title={channelsText.connected} />
        {channels.isPending ? <SkeletonRows rows={3} label={channelsText.loading} /> : null}
        {channels.isSuccess && connected.length === 0 ? (
          <Empty icon={<Share1Icon />} title={channelsText.emptyTitle}>
            {channelsText.empty}
          </Empty>
        ) : null}
        {connected.length > 0 ? (
          <ul className="divide-y divide-line">
            {connected.map((channel) => (
              <ChannelRow
                key={channel.id}
                channel={channel}
                connector={connectors.data?.find((candidate) => candidate.id === channel.connector)}
                slowed={slowed.data?.find(({ channelId }) => channelId === channel.id)}
                allowed={allowed}
                onReconnect={() => reconnect(channel)}
              />
            ))}
          </ul>
        ) : null}
      </Card>
      <section className="mt-10">
        <h2 className="text-base font-semibold">{channelsText.add}</h2>
        <p className="mt-0.5 mb-4 text-sm text-dim">{channelsText.addLead}</p>
        <ConnectorGallery
          connectors={connectors.data ?? []}
          platforms={platforms.data ?? []}
          returnTo="/channels"
          allowed={allowed}
          suggestSandbox={channels.isSuccess && connected.length === 0}
        />
      </section>
      {form ? <ConnectForm {...form} returnTo="/channels" onClose={() => setForm(null)} /> : null}
      {pick && allowed ? (
        <PickerDialog
          id={pick}
          name={(id) => connectors.data?.find((connector) => connector.id === id)?.name ?? id}
          onClose={() => void navigate({ search: {}, replace: true })}
        />
      ) : null}
    </Page>
  );
}
