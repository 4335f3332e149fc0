import { GalleyError } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, serve } from "#platform/wire";
import type { Deliveries } from "../deliveries.ts";
import { deliveriesContract, decisionsContract } from "./deliveries.contract.ts";
import * as schema from "./deliveries.schema.ts";

type Features = { deliveries: Deliveries };

/** What became of each approved post, and what a person says where Galley has to ask. */
export function deliveryRoutes(app: App, features: Features): void {
  routesToRead(app, features);
  routesToDecide(app, features);
}

function routesToRead(app: App, { deliveries }: Features): void {
  serve(app, deliveriesContract, {
    listPostDeliveries: async (request) => ({
      items: await deliveries.forPost(actorOf(request).workspaceId, request.params.id),
    }),

    listDeliveries: async (request) => {
      const { limit, cursor, state, secondCopy } = request.query;
      const states = secondCopy ? "second_copy" : schema.statesOf(state);
      if (states === null) {
        const problem = { path: "/state", code: "delivery.unknown_state", message: "Unknown state." };
        throw new GalleyError({
          code: problem.code,
          kind: "invalid",
          message: "One of these delivery states does not exist.",
          problems: [problem],
        });
      }
      const before = cursor === undefined ? null : decodeIdCursor(cursor);
      const items = await deliveries.inStates(actorOf(request).workspaceId, { states, limit, before });
      const last = items.length === limit ? items.at(-1) : undefined;
      return { items, next: last ? encodeCursor([last.id]) : null };
    },

    listStuckDeliveries: async (request) => {
      const items = await deliveries.stuck(actorOf(request).workspaceId);
      return { items: items.map((item) => ({ ...item, since: item.since.toISOString() })) };
    },
  });
}

function routesToDecide(app: App, { deliveries }: Features): void {
  serve(app, decisionsContract, {
    resolveDelivery: async (request) => deliveries.resolve(actorOf(request), request.params.id, request.body),

    retryDelivery: async (request) => deliveries.retry(actorOf(request), request.params.id),

    acknowledgeSecondCopy: async (request) => deliveries.acknowledgeCopy(actorOf(request), request.params.id),

    leaveDelivery: async (request) => deliveries.leave(actorOf(request), request.params.id),
  });
}
