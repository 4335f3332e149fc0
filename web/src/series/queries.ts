import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { unlessLive } from "../api/live-state.ts";
import type { SeriesRule } from "../api/types.ts";

/** Reads of series, queue and imports. Series and queue stand under "posts": a change of posts makes them stale. */
export const seriesListQuery = queryOptions({
  queryKey: keys.posts.seriesList,
  queryFn: async ({ signal }) => (await call("listSeries", { signal })).items,
  refetchInterval: () => unlessLive(30_000),
});

export function seriesQuery(id: string) {
  return queryOptions({
    queryKey: keys.posts.series(id),
    queryFn: ({ signal }) => call("getSeries", { params: { id }, signal }),
  });
}

export function rulePreviewQuery(rule: SeriesRule) {
  return queryOptions({
    queryKey: keys.rule(rule),
    queryFn: ({ signal }) => call("previewSeries", { body: { rule }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}
