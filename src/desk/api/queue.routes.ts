import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { Desk } from "../desk.ts";
import { answerWith } from "./posts.wire.ts";
import { slotsContract, queueContract } from "./queue.contract.ts";

/** Weekly slots, what they hold, and posts that take the next free one. */
export function queueRoutes(app: App, desk: Desk): void {
  slotRoutes(app, desk);
  queuedPostRoutes(app, desk);
}

function slotRoutes(app: App, { queue }: Desk): void {
  serve(app, slotsContract, {
    listQueueSlots: async (request) => ({ items: await queue.slots(actorOf(request).workspaceId) }),

    addQueueSlot: async (request, reply) =>
      reply.code(201).send(await queue.addSlot(actorOf(request), request.body)),

    changeQueueSlot: (request) => queue.changeSlot(actorOf(request), request.params.id, request.body),

    removeQueueSlot: async (request, reply) => {
      await queue.removeSlot(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}

function queuedPostRoutes(app: App, desk: Desk): void {
  const { queue } = desk;
  serve(app, queueContract, {
    listQueue: async (request) => {
      const { from, to } = request.query;
      const span = { from: new Date(from), to: new Date(to) };
      const items = await queue.upcoming(actorOf(request).workspaceId, span);
      return { items: items.map((item) => ({ ...item, at: item.at.toISOString() })) };
    },

    suggestSlot: async (request) => {
      const found = await queue.suggest(actorOf(request).workspaceId, request.body);
      return { ...found, at: found.at.toISOString() };
    },

    queuePost: async (request) => {
      const actor = actorOf(request);
      await queue.add(actor, request.params.id, request.body?.unready);
      return answerWith(desk, actor, request.params.id);
    },

    moveInQueue: async (request) => {
      const actor = actorOf(request);
      await queue.move(actor, request.params.id, request.body.direction);
      return answerWith(desk, actor, request.params.id);
    },
  });
}
