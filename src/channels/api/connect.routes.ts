import { ownPath } from "#kit";
import type { App, Reply } from "#platform/wire";
import { actorOf, serve, signedInOf } from "#platform/wire";
import { refuseElsewhere } from "../connect/elsewhere.ts";
import type { CallbackResult } from "../connect/oauth.ts";
import { channelToWire, pendingToWire } from "./channels.wire.ts";
import { connectContract } from "./connect.contract.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

const channelsPage = "/channels";

/** Connecting: by a form, or by the platform's own consent page. */
export function connectRoutes(app: App, { channels, connectors, publicUrl }: ChannelRoutesOptions): void {
  serve(app, connectContract, {
    connectChannel: async (request, reply) => {
      const { connector, form } = request.body;
      const channel = await channels.connectForm(actorOf(request), connector, form);
      return reply.code(201).send(channelToWire(connectors, channel));
    },

    authorizeChannel: (request) => {
      refuseElsewhere(request, publicUrl);
      const { connector, ...wanted } = request.body;
      return channels.authorize(actorOf(request), connector, wanted);
    },

    finishAuthorization: async (request, reply) => {
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
  });
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
