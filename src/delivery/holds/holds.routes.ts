import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import type { z } from "zod";
import type { Holds } from "./holds.ts";
import * as schema from "./holds.schema.ts";
import type { Slowed } from "./holds.store.ts";

const tags = ["Channels"];

function toWire({ channelId, hold, window }: Slowed): z.input<typeof schema.slowedChannel> {
  return {
    channelId,
    hold: hold && { ...hold, since: hold.since.toISOString(), until: hold.until.toISOString() },
    window: window && { ...window, seenAt: window.seenAt.toISOString() },
  };
}

/** What slows the posts of channels, and how a person ends it. */
export function holdRoutes(app: App, { holds }: { holds: Holds }): void {
  app.get(
    "/channels/slowed",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "listSlowedChannels",
        summary: "The channels whose platform asks to wait, or whose posts were seen to appear late",
        tags,
        response: { 200: schema.slowedList },
      },
    },
    async (request) => ({ items: (await holds.list(actorOf(request).workspaceId)).map(toWire) }),
  );

  app.post(
    "/channels/:id/hold/lift",
    {
      config: { access: "channels.manage", again: "nothing is held any more" },
      schema: {
        operationId: "liftHold",
        summary: "Let what is due on a channel go on although its platform has asked to wait",
        tags,
        params: idParams,
        response: { 200: schema.slowedChannel },
      },
    },
    async (request) => toWire(await holds.lift(actorOf(request), request.params.id)),
  );

  app.post(
    "/channels/:id/window/forget",
    {
      config: { access: "channels.manage", again: "it is forgotten already" },
      schema: {
        operationId: "forgetWindow",
        summary: "Forget how late posts of a channel were seen to appear, from its next post on",
        tags,
        params: idParams,
        response: { 200: schema.slowedChannel },
      },
    },
    async (request) => toWire(await holds.forgetWindow(actorOf(request), request.params.id)),
  );
}
