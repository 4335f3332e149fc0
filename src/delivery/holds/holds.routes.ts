import type { z } from "zod";
import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { holdsContract } from "./holds.contract.ts";
import type * as schema from "./holds.schema.ts";
import type { Slowed } from "./holds.store.ts";
import type { Holds } from "./holds.ts";

function toWire({ channelId, hold, window }: Slowed): z.input<typeof schema.slowedChannel> {
  return {
    channelId,
    hold: hold && { ...hold, since: hold.since.toISOString(), until: hold.until.toISOString() },
    window: window && { ...window, seenAt: window.seenAt.toISOString() },
  };
}

/** What slows the posts of channels, and how a person ends it. */
export function holdRoutes(app: App, { holds }: { holds: Holds }): void {
  serve(app, holdsContract, {
    listSlowedChannels: async (request) => ({
      items: (await holds.list(actorOf(request).workspaceId)).map(toWire),
    }),

    liftHold: async (request) => toWire(await holds.lift(actorOf(request), request.params.id)),

    forgetWindow: async (request) => toWire(await holds.forgetWindow(actorOf(request), request.params.id)),
  });
}
