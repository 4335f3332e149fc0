import type { Connector } from "#connectors";
import type { Actor } from "#kit";
import type { App } from "#platform/wire";
import { actorOf } from "#platform/wire";
import { z } from "zod";
import { refuseElsewhere } from "../connect/elsewhere.ts";
import { redirectUriOf } from "../connect/oauth.ts";
import type { Channel } from "../model/channel.ts";
import { channelError } from "../model/errors.ts";
import { connectorOf } from "../model/find.ts";
import { channelToWire } from "./channels.wire.ts";
import { readGuide } from "./guide.ts";
import * as schema from "./oauth.schema.ts";
import { appToWire, platformToWire } from "./oauth.wire.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

const tags = ["Platforms"];

/** Another door to the verbs of channels, by platform instead of by channel. */
export function oauthRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors } = options;

  app.get(
    "/oauth/platforms",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "listPlatforms",
        summary: "All platforms: how each is connected, whether its app is set up, and how many accounts are",
        tags,
        response: { 200: schema.platformList },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const all = await channels.list(workspaceId);
      const items = [...connectors.values()].map(async (connector) =>
        platformToWire(options, connector, all, await channels.app(workspaceId, connector.id)),
      );
      return { items: await Promise.all(items) };
    },
  );

  authorizeRoutes(app, options);
  accountRoutes(app, options);
  appRoutes(app, options);

  app.get(
    "/oauth/:connector/guide",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "getSetupGuide",
        summary: "The setup guide of a platform as Markdown, with this installation's redirect address in it",
        tags,
        params: schema.platformParams,
        response: { 200: schema.guide },
      },
    },
    async (request) => {
      const connector = connectorOf(connectors, request.params.connector);
      const redirectUri = redirectUriOf(options.publicUrl, connector.id);
      const markdown = await readGuide(options.guides ?? null, connector.id, { redirectUri });
      if (markdown !== null) return { markdown };
      throw channelError("no_guide", "not_found", `There is no setup guide for ${connector.name}.`);
    },
  );
}

function authorizeRoutes(app: App, { channels, publicUrl }: ChannelRoutesOptions): void {
  app.get(
    "/oauth/:connector/authorize",
    {
      config: { access: "channels.manage", requestsPerMinute: 60, begins: true, landing: true },
      schema: {
        operationId: "getAuthorization",
        summary: "Start to connect an account; a browser is led to the consent page at once",
        tags,
        params: schema.platformParams,
        querystring: schema.authorizeQuery,
        response: { 200: z.object({ authorizeUrl: z.string() }) },
      },
    },
    async (request, reply) => {
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
  );

  app.post(
    "/oauth/:connector/authorize",
    {
      config: {
        access: "channels.manage",
        requestsPerMinute: 60,
        again: "another way to the consent page; an answer that holds a state is not kept",
      },
      schema: {
        operationId: "startAuthorization",
        summary: "Start to connect an account: the address of the platform's consent page",
        tags,
        params: schema.platformParams,
        body: schema.authorizeBody,
        response: { 200: z.object({ authorizeUrl: z.string() }) },
      },
    },
    (request) => {
      refuseElsewhere(request, publicUrl);
      return channels.authorize(actorOf(request), request.params.connector, request.body);
    },
  );
}

function accountRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors } = options;

  app.get(
    "/oauth/:connector/status",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "getPlatformStatus",
        summary: "The accounts of a platform, all of them or one",
        tags,
        params: schema.platformParams,
        querystring: schema.which,
        response: { 200: schema.status },
      },
    },
    async (request) => {
      const connector = connectorOf(connectors, request.params.connector);
      const found = await chosen(options, actorOf(request), connector, request.query);
      return {
        connector: connector.id,
        connected: found.some(({ status }) => status === "connected"),
        accounts: found.map((channel) => channelToWire(connectors, channel)),
      };
    },
  );

  app.post(
    "/oauth/:connector/refresh",
    {
      config: { access: "channels.manage", requestsPerMinute: 30, again: "the access is renewed once more" },
      schema: {
        operationId: "refreshPlatform",
        summary: "Renew the access of one account now",
        tags,
        params: schema.platformParams,
        querystring: schema.which,
        response: { 200: schema.refreshed },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const connector = connectorOf(connectors, request.params.connector);
      const channel = await theOne(options, actor, connector, request.query);
      return { items: [channelToWire(connectors, await channels.renew(actor, channel.id))] };
    },
  );

  app.delete(
    "/oauth/:connector/disconnect",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "disconnectPlatform",
        summary: "Withdraw Galley's access to one account, at the platform and here; the history stays",
        tags,
        params: schema.platformParams,
        querystring: schema.which,
        response: { 200: z.object({ revoked: z.boolean().nullable(), message: z.string() }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const connector = connectorOf(connectors, request.params.connector);
      const channel = await theOne(options, actor, connector, request.query);
      return channels.disconnect(actor, channel.id);
    },
  );
}

function appRoutes(app: App, { channels, connectors }: ChannelRoutesOptions): void {
  app.post(
    "/oauth/:connector/app/check",
    {
      config: { access: "channels.manage", again: "it only looks; an answer about a secret is not kept" },
      schema: {
        operationId: "checkPlatformApp",
        summary: "What looks wrong about pasted values of an app; nothing is stored",
        tags,
        params: schema.platformParams,
        body: schema.appCheckBody,
        response: { 200: schema.appChecked },
      },
    },
    (request) => ({ findings: channels.lintApp(request.params.connector, request.body.values) }),
  );

  app.put(
    "/oauth/:connector/app",
    {
      config: { access: "channels.manage", requestsPerMinute: 30 },
      schema: {
        operationId: "savePlatformApp",
        summary: "The workspace's own app of a platform; it goes before that of the installation",
        tags,
        params: schema.platformParams,
        body: schema.appBody,
        response: { 200: schema.app },
      },
    },
    async (request) => {
      const { values, secretEndsAt, despite } = request.body;
      const ends = secretEndsAt === null ? null : new Date(secretEndsAt);
      const given = { values, secretEndsAt: ends, despite };
      return appToWire(await channels.saveApp(actorOf(request), request.params.connector, given));
    },
  );

  app.delete(
    "/oauth/:connector/app",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "removePlatformApp",
        summary:
          "Go back to the installation's app; connected channels keep the one they were connected with",
        tags,
        params: schema.platformParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id } = connectorOf(connectors, request.params.connector);
      await channels.removeApp(actorOf(request), id);
      return reply.code(204).send(null);
    },
  );
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
