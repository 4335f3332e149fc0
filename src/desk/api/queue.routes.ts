import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import { z } from "zod";
import type { Desk } from "../desk.ts";
import { fullPost, releaseBody } from "./posts.schema.ts";
import { answerWith } from "./posts.wire.ts";
import * as schema from "./queue.schema.ts";

/** Weekly slots, what they hold, and posts that take the next free one. */
export function queueRoutes(app: App, desk: Desk): void {
  slotRoutes(app, desk);
  queuedPostRoutes(app, desk);
}

function slotRoutes(app: App, { queue }: Desk): void {
  app.get(
    "/queue/slots",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listQueueSlots",
        summary: "The weekly slots of all channels",
        tags: ["Queue"],
        response: { 200: schema.slotList },
      },
    },
    async (request) => ({ items: await queue.slots(actorOf(request).workspaceId) }),
  );

  app.post(
    "/queue/slots",
    {
      config: { access: "posts.publish", idempotent: true },
      schema: {
        operationId: "addQueueSlot",
        summary: "Give a channel a weekly slot",
        tags: ["Queue"],
        body: schema.slotBody,
        response: { 201: schema.slot },
      },
    },
    async (request, reply) => reply.code(201).send(await queue.addSlot(actorOf(request), request.body)),
  );

  app.put(
    "/queue/slots/:id",
    {
      config: { access: "posts.publish" },
      schema: {
        operationId: "changeQueueSlot",
        summary: "Move a weekly slot; posts that it holds keep their time",
        tags: ["Queue"],
        params: idParams,
        body: schema.slotChange,
        response: { 200: schema.slot },
      },
    },
    (request) => queue.changeSlot(actorOf(request), request.params.id, request.body),
  );

  app.delete(
    "/queue/slots/:id",
    {
      config: { access: "posts.publish" },
      schema: {
        operationId: "removeQueueSlot",
        summary: "Take a weekly slot away; posts that it holds keep their time",
        tags: ["Queue"],
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await queue.removeSlot(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function queuedPostRoutes(app: App, desk: Desk): void {
  const { queue } = desk;
  app.get(
    "/queue",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listQueue",
        summary: "Coming slots in a span of time, at most twelve weeks, each with the post that holds it",
        tags: ["Queue"],
        querystring: schema.upcomingQuery,
        response: { 200: schema.upcomingList },
      },
    },
    async (request) => {
      const { from, to } = request.query;
      const span = { from: new Date(from), to: new Date(to) };
      const items = await queue.upcoming(actorOf(request).workspaceId, span);
      return { items: items.map((item) => ({ ...item, at: item.at.toISOString() })) };
    },
  );

  app.post(
    "/queue/suggest",
    {
      config: { access: "posts.read", again: "it only looks" },
      schema: {
        operationId: "suggestSlot",
        summary: "The best free slot for some channels, with the reasons",
        tags: ["Queue"],
        body: schema.suggestBody,
        response: { 200: schema.suggestion },
      },
    },
    async (request) => {
      const found = await queue.suggest(actorOf(request).workspaceId, request.body);
      return { ...found, at: found.at.toISOString() };
    },
  );

  app.post(
    "/posts/:id/queue",
    {
      config: { access: "posts.publish", idempotent: true },
      schema: {
        operationId: "queuePost",
        summary: "Schedule a post at the next free slot of its channels",
        tags: ["Queue"],
        params: idParams,
        body: releaseBody,
        response: { 200: fullPost },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await queue.add(actor, request.params.id, request.body?.unready);
      return answerWith(desk, actor, request.params.id);
    },
  );

  app.post(
    "/posts/:id/queue/move",
    {
      config: { access: "posts.publish", idempotent: true },
      schema: {
        operationId: "moveInQueue",
        summary: "Change places with the post before or after it in the queue",
        tags: ["Queue"],
        params: idParams,
        body: schema.moveBody,
        response: { 200: fullPost },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await queue.move(actor, request.params.id, request.body.direction);
      return answerWith(desk, actor, request.params.id);
    },
  );
}
