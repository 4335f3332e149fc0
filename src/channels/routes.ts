import type { ConnectorRegistry } from "#connectors";
import type { ApiPart } from "#platform/features";
import { channelRoutes } from "./api/channels.routes.ts";
import { findGuides } from "./api/guide.ts";
import type { ChannelRoutesOptions } from "./api/routes-options.ts";
import type { Channels } from "./channels.ts";

type Needs = {
  channels: Channels;
  connectors: ConnectorRegistry;
  publicUrl: string;
  formDefaults: NonNullable<ChannelRoutesOptions["formDefaults"]>;
  /** Of the feature above this one: what waits for a channel. */
  deliveries: { waitingOn: NonNullable<ChannelRoutesOptions["waitingOn"]> };
};

/** Platforms, and the accounts that are connected to them. */
export async function channelsApi(needs: Needs): Promise<ApiPart> {
  const { channels, connectors, publicUrl, formDefaults, deliveries } = needs;
  const guides = await findGuides(new URL("../../docs/setup/", import.meta.url));
  const { waitingOn } = deliveries;
  return {
    routes: (app) => channelRoutes(app, { channels, connectors, publicUrl, formDefaults, waitingOn, guides }),
  };
}
