import { GalleyError } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, idParams } from "#platform/wire";
import type { Deliveries } from "../deliveries.ts";
import * as schema from "./deliveries.schema.ts";

type Features = { deliveries: Deliveries };

/** What became of each approved post, and what a person says where Galley has to ask. */
export function deliveryRoutes(app: App, features: Features): void {
  routesToRead(app, features);
  routesToDecide(app, features);
}

function routesToRead(app: App, { deliveries }: Features): void {
  app.get(
    "/posts/:id/deliveries",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listPostDeliveries",
        summary: "The deliveries of a post with every attempt",
        tags: ["Deliveries"],
        params: idParams,
        response: { 200: schema.deliveryList },
      },
    },
    async (request) => ({
      items: await deliveries.forPost(actorOf(request).workspaceId, request.params.id),
    }),
  );

  app.get(
    "/deliveries",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listDeliveries",
        summary: "Deliveries by state; by default those that need a person",
        tags: ["Deliveries"],
        querystring: schema.deliveriesQuery,
        response: { 200: schema.deliveryPage },
      },
    },
    async (request) => {
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
  );

  app.get(
    "/deliveries/stuck",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listStuckDeliveries",
        summary: "What is neither sent nor asks although its time is over; empty unless Galley has a defect",
        tags: ["Deliveries"],
        response: { 200: schema.stuckList },
      },
    },
    async (request) => {
      const items = await deliveries.stuck(actorOf(request).workspaceId);
      return { items: items.map((item) => ({ ...item, since: item.since.toISOString() })) };
    },
  );
}

function routesToDecide(app: App, { deliveries }: Features): void {
  app.post(
    "/deliveries/:id/resolve",
    {
      config: { access: "posts.publish", idempotent: true },
      schema: {
        operationId: "resolveDelivery",
        summary: "Say what became of a post: it is live, or it is not",
        tags: ["Deliveries"],
        params: idParams,
        body: schema.resolveBody,
        response: { 200: schema.delivery },
      },
    },
    async (request) => deliveries.resolve(actorOf(request), request.params.id, request.body),
  );

  app.post(
    "/deliveries/:id/retry",
    {
      config: { access: "posts.publish", idempotent: true },
      schema: {
        operationId: "retryDelivery",
        summary: "Try again what was refused or missed; look again where the outcome is unknown",
        tags: ["Deliveries"],
        params: idParams,
        response: { 200: schema.delivery },
      },
    },
    async (request) => deliveries.retry(actorOf(request), request.params.id),
  );

  app.post(
    "/second-copies/:id/acknowledge",
    {
      config: { access: "posts.publish", again: "it is acknowledged already" },
      schema: {
        operationId: "acknowledgeSecondCopy",
        summary: "Say that a second copy is settled: taken down on the platform, or left on purpose",
        tags: ["Deliveries"],
        params: idParams,
        response: { 200: schema.delivery },
      },
    },
    async (request) => deliveries.acknowledgeCopy(actorOf(request), request.params.id),
  );

  app.post(
    "/deliveries/:id/leave",
    {
      config: { access: "posts.publish", idempotent: true },
      schema: {
        operationId: "leaveDelivery",
        summary: "Leave a post as it is of which a part is live and the rest was refused or missed",
        tags: ["Deliveries"],
        params: idParams,
        response: { 200: schema.delivery },
      },
    },
    async (request) => deliveries.leave(actorOf(request), request.params.id),
  );
}
