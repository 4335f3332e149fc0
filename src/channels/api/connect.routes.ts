import { ownPath } from "#kit";
import type { App, Reply } from "#platform/wire";
import { actorOf, signedInOf } from "#platform/wire";
import * as schema from "./channels.schema.ts";
import { channelToWire, pendingToWire } from "./channels.wire.ts";
import type { CallbackResult } from "../connect/oauth.ts";
import { refuseElsewhere } from "../connect/elsewhere.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

const tags = ["Channels"];
const channelsPage = "/channels";

/** Connecting: by a form, or by the platform's own consent page. */
export function connectRoutes(app: App, { channels, connectors, publicUrl }: ChannelRoutesOptions): void {
  app.post(
    "/channels",
    {
      config: { access: "channels.manage", idempotent: true, requestsPerMinute: 60 },
      schema: {
        operationId: "connectChannel",
        summary: "Connect an account by the connector's form",
        tags,
        body: schema.connectBody,
        response: { 201: schema.channel },
      },
    },
    async (request, reply) => {
      const { connector, form } = request.body;
      const channel = await channels.connectForm(actorOf(request), connector, form);
      return reply.code(201).send(channelToWire(connectors, channel));
    },
  );

  app.post(
    "/channels/authorize",
    {
      config: {
        access: "channels.manage",
        requestsPerMinute: 60,
        again: "another way to the consent page; an answer that holds a state is not kept",
      },
      schema: {
        operationId: "authorizeChannel",
        summary: "Start to connect an account: the address of the platform's consent page",
        tags,
        body: schema.authorizeBody,
        response: { 200: schema.authorized },
      },
    },
    (request) => {
      refuseElsewhere(request, publicUrl);
      const { connector, ...wanted } = request.body;
      return channels.authorize(actorOf(request), connector, wanted);
    },
  );

  app.get(
    "/oauth/:connector/callback",
    {
      // The state names the workspace and its rights are checked there; a browser sends no header.
      config: { access: "session", requestsPerMinute: 60, landing: true },
      schema: {
        operationId: "finishAuthorization",
        summary:
          "Where the platform sends the person back; with Accept: application/json, the channel, or with 202 the accounts to pick from",
        tags,
        params: schema.callbackParams,
        querystring: schema.callbackQuery,
        response: { 200: schema.channel, 202: schema.pending },
      },
    },
    async (request, reply) => {
      const result = await channels.callback(signedInOf(request), request.params.connector, request.query);
      // The address holds a code and a state, so no other site may learn it.
      void reply.header("referrer-policy", "no-referrer").header("cache-control", "no-store");
      if (!(request.headers.accept ?? "").includes("application/json")) {
        return redirectBack(reply, request.params.connector, result);
      }
      if (result.kind === "failed") throw result.error;
      if (result.kind === "pending") return reply.code(202).send(pendingToWire(result.pending));
      return channelToWire(connectors, result.channel);
    },
  );
}

function redirectBack(reply: Reply, connector: string, result: CallbackResult) {
  // The choice of accounts is on the channels page, wherever the person came from.
  const path = result.kind === "pending" ? channelsPage : (result.returnTo ?? channelsPage);
  const page = new URL(ownPath(path) ?? channelsPage, "http://galley.invalid");
  if (result.kind === "pending") page.searchParams.set("pick", result.pending.id);
  else if (result.kind === "connected") page.searchParams.set("connected", result.channel.id);
  else {
    page.searchParams.set("connect_error", result.error.code);
    page.searchParams.set("connect_platform", connector);
  }
  return reply.redirect(`${page.pathname}${page.search}${page.hash}`, 302);
}
