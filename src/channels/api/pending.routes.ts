import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import { z } from "zod";
import type { ChannelRoutesOptions } from "./routes-options.ts";
import * as schema from "./channels.schema.ts";
import { channelToWire, pendingToWire } from "./channels.wire.ts";

const tags = ["Channels"];

/** Choosing among the accounts that one consent opened. */
export function pendingRoutes(app: App, { channels, connectors }: ChannelRoutesOptions): void {
  app.get(
    "/channels/pending/:id",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "getPendingConnection",
        summary: "The accounts that a consent opened, of which one or several are picked",
        tags,
        params: idParams,
        response: { 200: schema.pending },
      },
    },
    async (request) => pendingToWire(await channels.pending(actorOf(request), request.params.id)),
  );

  app.post(
    "/channels/pending/:id",
    {
      config: {
        access: "channels.manage",
        requestsPerMinute: 60,
        again: "what was picked is gone from what waits",
      },
      schema: {
        operationId: "pickAccounts",
        summary: "Connect the picked accounts, each as a channel of its own",
        tags,
        params: idParams,
        body: schema.pickBody,
        response: { 201: schema.channelList },
      },
    },
    async (request, reply) => {
      const { accountIds } = request.body;
      const made = await channels.pick(actorOf(request), request.params.id, accountIds);
      return reply.code(201).send({ items: made.map((channel) => channelToWire(connectors, channel)) });
    },
  );

  app.delete(
    "/channels/pending/:id",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "dropPendingConnection",
        summary: "Forget the accounts that a consent opened",
        tags,
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await channels.dropPending(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
