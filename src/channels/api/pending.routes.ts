import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { channelToWire, pendingToWire } from "./channels.wire.ts";
import { pendingContract } from "./pending.contract.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

/** Choosing among the accounts that one consent opened. */
export function pendingRoutes(app: App, { channels, connectors }: ChannelRoutesOptions): void {
  serve(app, pendingContract, {
    getPendingConnection: async (request) =>
      pendingToWire(await channels.pending(actorOf(request), request.params.id)),

    pickAccounts: async (request, reply) => {
      const { accountIds } = request.body;
      const made = await channels.pick(actorOf(request), request.params.id, accountIds);
      return reply.code(201).send({ items: made.map((channel) => channelToWire(connectors, channel)) });
    },

    dropPendingConnection: async (request, reply) => {
      await channels.dropPending(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}
