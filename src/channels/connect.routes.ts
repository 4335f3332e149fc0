import type { App, Reply } from "#platform/wire";
import { actorOf, signedInOf } from "#platform/wire";
import * as schema from "./channels.schema.ts";
import type { Channels } from "./channels.ts";
import { channelToWire } from "./channels.wire.ts";
import type { CallbackResult } from "./oauth.ts";

const tags = ["Channels"];
const channelsPage = "/channels";

/** Connecting: by a form, or by the platform's own consent page. */
export function connectRoutes(app: App, channels: Channels): void {
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
      return reply.code(201).send(channelToWire(channel));
    },
  );

  app.post(
    "/channels/authorize",
    {
      config: { access: "channels.manage", requestsPerMinute: 60 },
      schema: {
        operationId: "authorizeChannel",
        summary: "Start to connect an account: the address of the platform's consent page",
        tags,
        body: schema.authorizeBody,
        response: { 200: schema.authorized },
      },
    },
    (request) => {
      const { connector, interactive, returnTo } = request.body;
      return channels.authorize(actorOf(request), connector, { interactive, returnTo });
    },
  );

  app.get(
    "/oauth/:connector/callback",
    {
      // The state names the workspace and its rights are checked there; a browser sends no header.
      config: { access: "session", requestsPerMinute: 60 },
      schema: {
        operationId: "finishAuthorization",
        summary: "Where the platform sends the person back; with Accept: application/json, the channel",
        tags,
        params: schema.callbackParams,
        querystring: schema.callbackQuery,
        response: { 200: schema.channel },
      },
    },
    async (request, reply) => {
      const result = await channels.callback(signedInOf(request), request.params.connector, request.query);
      // The address holds a code and a state, so no other site may learn it.
      void reply.header("referrer-policy", "no-referrer").header("cache-control", "no-store");
      if (!(request.headers.accept ?? "").includes("application/json")) return redirectBack(reply, result);
      if (result.kind === "failed") throw result.error;
      return channelToWire(result.channel);
    },
  );
}

function redirectBack(reply: Reply, result: CallbackResult) {
  const page = new URL(result.returnTo ?? channelsPage, "http://galley.invalid");
  if (result.kind === "connected") page.searchParams.set("connected", result.channel.id);
  else page.searchParams.set("connect_error", result.error.code);
  return reply.redirect(`${page.pathname}${page.search}${page.hash}`, 302);
}
