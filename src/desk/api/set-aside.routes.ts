import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { Desk } from "../desk.ts";
import { setAsideToWire } from "./posts.wire.ts";
import { setAsideContract } from "./set-aside.contract.ts";

/** Texts that lost to somebody else's version: kept beside the history, so that none is ever lost. */
export function setAsideRoutes(app: App, desk: Desk): void {
  serve(app, setAsideContract, {
    listTextsSetAside: async (request) => {
      const texts = await desk.textsSetAside(actorOf(request).workspaceId, request.params.id);
      return { items: texts.map(setAsideToWire) };
    },

    setTextAside: async (request, reply) => {
      const id = await desk.setAside(actorOf(request), request.params.id, request.body);
      return reply.code(201).send({ id });
    },
  });
}
