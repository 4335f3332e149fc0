import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import * as schema from "./channels.schema.ts";

import { channelToWire, checkToWire, connectorsToWire } from "./channels.wire.ts";
import { connectRoutes } from "./connect.routes.ts";
import { doctorRoutes } from "./doctor.routes.ts";
import { oauthRoutes } from "./oauth.routes.ts";
import { pendingRoutes } from "./pending.routes.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

const tags = ["Channels"];

/** Platforms, and the accounts of a workspace that are connected to them. */
export function channelRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors, publicUrl, formDefaults = {} } = options;

  app.get(
    "/connectors",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "listConnectors",
        summary: "The platforms that Galley publishes to, how each is connected, and its limits",
        tags,
        response: { 200: schema.connectorList },
      },
    },
    async (request) => {
      const standing = await channels.standingValues(actorOf(request).workspaceId);
      return connectorsToWire(connectors, publicUrl, { initial: formDefaults, standing });
    },
  );

  app.get(
    "/channels",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "listChannels",
        summary: "The connected accounts of the workspace, oldest first",
        tags,
        response: { 200: schema.channelList },
      },
    },
    async (request) => {
      const found = await channels.list(actorOf(request).workspaceId);
      return { items: found.map((channel) => channelToWire(connectors, channel)) };
    },
  );

  app.get(
    "/channels/:id",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "getChannel",
        summary: "A connected account",
        tags,
        params: idParams,
        response: { 200: schema.channel },
      },
    },
    async (request) =>
      channelToWire(connectors, await channels.get(actorOf(request).workspaceId, request.params.id)),
  );

  connectRoutes(app, options);
  pendingRoutes(app, options);
  oauthRoutes(app, options);
  doctorRoutes(app, options);
  manageRoutes(app, options);
}

function manageRoutes(app: App, { channels, connectors }: ChannelRoutesOptions): void {
  app.post(
    "/channels/:id/check",
    {
      config: { access: "channels.manage", requestsPerMinute: 60, again: "it asks the platform once more" },
      schema: {
        operationId: "checkChannel",
        summary: "Ask the platform whether the connection works; where not, the cause and the fix",
        tags,
        params: idParams,
        response: { 200: schema.checked },
      },
    },
    async (request) => checkToWire(connectors, await channels.check(actorOf(request), request.params.id)),
  );

  app.post(
    "/channels/:id/pause",
    {
      config: { access: "channels.manage", again: "it is paused already" },
      schema: {
        operationId: "pauseChannel",
        summary: "Hold back everything that is due on this channel",
        tags,
        params: idParams,
        response: { 200: schema.channel },
      },
    },
    async (request) => channelToWire(connectors, await channels.pause(actorOf(request), request.params.id)),
  );

  app.post(
    "/channels/:id/resume",
    {
      config: { access: "channels.manage", again: "it goes on already" },
      schema: {
        operationId: "resumeChannel",
        summary: "Let a paused channel go on",
        tags,
        params: idParams,
        response: { 200: schema.channel },
      },
    },
    async (request) => channelToWire(connectors, await channels.resume(actorOf(request), request.params.id)),
  );

  app.delete(
    "/channels/:id",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "disconnectChannel",
        summary: "Withdraw Galley's access, at the platform and here; the history stays",
        tags,
        params: idParams,
        response: { 200: schema.disconnected },
      },
    },
    (request) => channels.disconnect(actorOf(request), request.params.id),
  );
}
