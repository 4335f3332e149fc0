import { postSummaryToWire, seriesSummaryToWire } from "#desk";
import { actorOf, type App, decodeNameIdCursor, encodeCursor, serve } from "#platform/wire";
import { attentionContract } from "./attention.contract.ts";
import { needKinds } from "./attention.read.ts";
import type { Attention, Need } from "./attention.ts";

/** What waits for the person who asks, over all of the product. */
export function attentionRoutes(app: App, { attention }: { attention: Attention }): void {
  serve(app, attentionContract, {
    listAttention: async (request) => {
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
  });
}

function needToWire({ channelId, connector, handle, warning, post, series, since, ...need }: Need) {
  return {
    ...need,
    since: new Date(since).toISOString(),
    channel: channelId === null ? null : { id: channelId, connector: connector ?? "", handle: handle ?? "" },
    warning: warning && { ...warning, endsAt: warning.endsAt.toISOString() },
    post: post && postSummaryToWire(post),
    series: series && seriesSummaryToWire(series),
  };
}
