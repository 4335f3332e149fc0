import { actorOf, type App, decodeNameIdCursor, encodeCursor } from "#platform/wire";
import type { Attention, Need } from "./attention.ts";
import { needKinds } from "./attention.read.ts";
import * as schema from "./attention.schema.ts";

/** What waits for the person who asks, over all of the product. */
export function attentionRoutes(app: App, { attention }: { attention: Attention }): void {
  app.get(
    "/attention",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listAttention",
        summary: "What waits for you: questions, channels, what has stopped, and what is to be approved",
        tags: ["Attention"],
        querystring: schema.attentionQuery,
        response: { 200: schema.attentionPage },
      },
    },
    async (request) => {
      const { limit, cursor, kind } = request.query;
      const [from, id] = cursor === undefined ? [] : decodeNameIdCursor(cursor, needKinds);
      const page = await attention.list(actorOf(request), {
        ...(kind && { kinds: [kind] }),
        limit,
        after: from && id ? { kind: from, id } : null,
      });
      const last = page.hasMore ? page.items.at(-1) : undefined;
      return {
        count: Object.values(page.counts).reduce((sum, count) => sum + count, 0),
        counts: page.counts,
        items: page.items.map(needToWire),
        next: last ? encodeCursor([last.kind, last.id]) : null,
      };
    },
  );
}

function needToWire({ channelId, connector, handle, warning, since, ...need }: Need) {
  return {
    ...need,
    since: new Date(since).toISOString(),
    channel: channelId === null ? null : { id: channelId, connector: connector ?? "", handle: handle ?? "" },
    warning: warning && { endsAt: warning.endsAt.toISOString(), days: warning.days },
  };
}
