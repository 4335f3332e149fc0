import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { channelsContract, channelStateContract } from "./channels.contract.ts";
import { channelToWire, checkToWire, connectorsToWire } from "./channels.wire.ts";
import { connectRoutes } from "./connect.routes.ts";
import { doctorRoutes } from "./doctor.routes.ts";
import { oauthRoutes } from "./oauth.routes.ts";
import { pendingRoutes } from "./pending.routes.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

/** Platforms, and the accounts of a workspace that are connected to them. */
export function channelRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors, publicUrl, formDefaults = {} } = options;

  serve(app, channelsContract, {
    listConnectors: async (request) => {
      const standing = await channels.standingValues(actorOf(request).workspaceId);
      return connectorsToWire(connectors, publicUrl, { initial: formDefaults, standing });
    },

    listChannels: async (request) => {
      const found = await channels.list(actorOf(request).workspaceId);
      return { items: found.map((channel) => channelToWire(connectors, channel)) };
    },

    getChannel: async (request) =>
      channelToWire(connectors, await channels.get(actorOf(request).workspaceId, request.params.id)),
  });

  connectRoutes(app, options);
  pendingRoutes(app, options);
  oauthRoutes(app, options);
  doctorRoutes(app, options);
  manageRoutes(app, options);
}

function manageRoutes(app: App, { channels, connectors }: ChannelRoutesOptions): void {
  serve(app, channelStateContract, {
    checkChannel: async (request) =>
      checkToWire(connectors, await channels.check(actorOf(request), request.params.id)),

    pauseChannel: async (request) =>
      channelToWire(connectors, await channels.pause(actorOf(request), request.params.id)),

    resumeChannel: async (request) =>
      channelToWire(connectors, await channels.resume(actorOf(request), request.params.id)),

    disconnectChannel: (request) => channels.disconnect(actorOf(request), request.params.id),
  });
}
