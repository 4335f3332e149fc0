import { queryOptions } from "@tanstack/react-query";
import { call, everyPage } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { unlessLive } from "../api/live-state.ts";
import type { NeedKind } from "../api/types.ts";

/** How much waits for this person, counted by the server, so that no screen loads what waits for a number. */
export const needCountsQuery = queryOptions({
  queryKey: keys.attention.counts,
  queryFn: async ({ signal }) => {
    const { count, counts } = await call("listAttention", { query: { limit: 1 }, signal });
    return { count, counts };
  },
  refetchInterval: () => unlessLive(15_000),
});

/** What waits for this person, all of it or of one kind. */
export function needsQuery(kind?: NeedKind) {
  return queryOptions({
    queryKey: keys.attention.list(kind),
    queryFn: ({ signal }) => everyPage("listAttention", { kind }, signal),
    refetchInterval: () => unlessLive(15_000),
  });
}
