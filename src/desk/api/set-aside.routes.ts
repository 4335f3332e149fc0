import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import { z } from "zod";
import type { Desk } from "../desk.ts";
import * as schema from "./posts.schema.ts";
import { setAsideToWire } from "./posts.wire.ts";

/** Texts that lost to somebody else's version: kept beside the history, so that none is ever lost. */
export function setAsideRoutes(app: App, desk: Desk): void {
  app.get(
    "/posts/:id/set-aside",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listTextsSetAside",
        summary: "What was written on top of an older version and set aside, newest first",
        tags: ["Posts"],
        params: idParams,
        response: { 200: schema.setAsideList },
      },
    },
    async (request) => {
      const texts = await desk.textsSetAside(actorOf(request).workspaceId, request.params.id);
      return { items: texts.map(setAsideToWire) };
    },
  );

  app.post(
    "/posts/:id/set-aside",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "setTextAside",
        summary: "Keep a text that was refused for a newer version, without changing the post",
        tags: ["Posts"],
        params: idParams,
        body: schema.setAsideBody,
        response: { 201: z.object({ id: z.uuid() }) },
      },
    },
    async (request, reply) => {
      const id = await desk.setAside(actorOf(request), request.params.id, request.body);
      return reply.code(201).send({ id });
    },
  );
}
