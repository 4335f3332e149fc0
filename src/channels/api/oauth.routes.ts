import type { Connector } from "#connectors";
import type { Actor } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { refuseElsewhere } from "../connect/elsewhere.ts";
import { redirectUriOf } from "../connect/oauth.ts";
import type { Channel } from "../model/channel.ts";
import { channelError } from "../model/errors.ts";
import { connectorOf } from "../model/find.ts";
import { channelToWire } from "./channels.wire.ts";
import { readGuide } from "./guide.ts";
import {
  platformsContract,
  authorizationContract,
  accountsContract,
  appsContract,
} from "./oauth.contract.ts";
import { appToWire, platformToWire } from "./oauth.wire.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

/** Another door to the verbs of channels, by platform instead of by channel. */
export function oauthRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors } = options;

  serve(app, platformsContract, {
    listPlatforms: async (request) => {
      const { workspaceId } = actorOf(request);
      const all = await channels.list(workspaceId);
      const items = [...connectors.values()].map(async (connector) =>
        platformToWire(options, connector, all, await channels.app(workspaceId, connector.id)),
      );
      return { items: await Promise.all(items) };
    },

    getSetupGuide: async (request) => {
      const connector = connectorOf(connectors, request.params.connector);
      const redirectUri = redirectUriOf(options.publicUrl, connector.id);
      const markdown = await readGuide(options.guides ?? null, connector.id, { redirectUri });
      if (markdown !== null) return { markdown };
      throw channelError("no_guide", "not_found", `There is no setup guide for ${connector.name}.`);
    },
  });

  authorizeRoutes(app, options);
  accountRoutes(app, options);
  appRoutes(app, options);
}

function authorizeRoutes(app: App, { channels, publicUrl }: ChannelRoutesOptions): void {
  serve(app, authorizationContract, {
    getAuthorization: async (request, reply) => {
      refuseElsewhere(request, publicUrl);
      const { returnTo = null, channelId = null } = request.query;
      const started = await channels.authorize(actorOf(request), request.params.connector, {
        interactive: true,
        returnTo,
        channelId,
      });
      const wantsPage = (request.headers.accept ?? "").includes("text/html");
      return wantsPage ? reply.redirect(started.authorizeUrl, 302) : started;
    },

    startAuthorization: (request) => {
      refuseElsewhere(request, publicUrl);
      return channels.authorize(actorOf(request), request.params.connector, request.body);
    },
  });
}

function accountRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors } = options;

  serve(app, accountsContract, {
    getPlatformStatus: async (request) => {
      const connector = connectorOf(connectors, request.params.connector);
      const found = await chosen(options, actorOf(request), connector, request.query);
      return {
        connector: connector.id,
        connected: found.some(({ status }) => status === "connected"),
        accounts: found.map((channel) => channelToWire(connectors, channel)),
      };
    },

    refreshPlatform: async (request) => {
      const actor = actorOf(request);
      const connector = connectorOf(connectors, request.params.connector);
      const channel = await theOne(options, actor, connector, request.query);
      return { items: [channelToWire(connectors, await channels.renew(actor, channel.id))] };
    },

    disconnectPlatform: async (request) => {
      const actor = actorOf(request);
      const connector = connectorOf(connectors, request.params.connector);
      const channel = await theOne(options, actor, connector, request.query);
      return channels.disconnect(actor, channel.id);
    },
  });
}

function appRoutes(app: App, { channels, connectors }: ChannelRoutesOptions): void {
  serve(app, appsContract, {
    checkPlatformApp: (request) => ({
      findings: channels.lintApp(request.params.connector, request.body.values),
    }),

    savePlatformApp: async (request) => {
      const { values, secretEndsAt, despite } = request.body;
      const ends = secretEndsAt === null ? null : new Date(secretEndsAt);
      const given = { values, secretEndsAt: ends, despite };
      return appToWire(await channels.saveApp(actorOf(request), request.params.connector, given));
    },

    removePlatformApp: async (request, reply) => {
      const { id } = connectorOf(connectors, request.params.connector);
      await channels.removeApp(actorOf(request), id);
      return reply.code(204).send(null);
    },
  });
}

type Which = { channelId?: string | undefined; accountId?: string | undefined };

async function chosen(
  { channels }: ChannelRoutesOptions,
  actor: Actor,
  connector: Connector,
  { channelId, accountId }: Which,
): Promise<Channel[]> {
  const all = await channels.list(actor.workspaceId);
  const found = all.filter(
    (channel) =>
      channel.connector === connector.id &&
      (channelId === undefined || channel.id === channelId) &&
      (accountId === undefined || channel.accountId === accountId),
  );
  const isNamed = channelId !== undefined || accountId !== undefined;
  if (isNamed && found.length === 0) {
    throw channelError("not_found", "not_found", `There is no such account on ${connector.name}.`);
  }
  return found;
}

/** The account that was meant: named, or the only one that is connected. */
async function theOne(
  options: ChannelRoutesOptions,
  actor: Actor,
  connector: Connector,
  which: Which,
): Promise<Channel> {
  const found = await chosen(options, actor, connector, which);
  const isNamed = which.channelId !== undefined || which.accountId !== undefined;
  const connected = isNamed ? found : found.filter(({ status }) => status !== "disconnected");
  const [only, ...others] = connected;
  if (!only) {
    throw channelError("not_found", "not_found", `No account is connected on ${connector.name}.`);
  }
  if (others.length === 0) return only;
  const names = connected.map(({ handle, id }) => `${handle} (channelId=${id})`).join(", ");
  throw channelError("which_account", "invalid", `Several accounts are connected; name one: ${names}.`);
}
