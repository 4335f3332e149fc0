import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import type { ImportLine, SeriesRule } from "../api/types.ts";

/** Reads of series, queue and imports. Series and queue stand under "posts": a change of posts makes them stale. */
export const seriesListQuery = queryOptions({
  queryKey: ["posts", "series", "list"],
  queryFn: async ({ signal }) => (await call("listSeries", { signal })).items,
});

export function seriesQuery(id: string) {
  return queryOptions({
    queryKey: ["posts", "series", id],
    queryFn: ({ signal }) => call("getSeries", { params: { id }, signal }),
  });
}

export function plannedQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["posts", "planned", from, to],
    queryFn: async ({ signal }) => (await call("listPlannedDates", { query: { from, to }, signal })).items,
    placeholderData: keepPreviousData,
  });
}

export function rulePreviewQuery(rule: SeriesRule) {
  return queryOptions({
    queryKey: ["rule", rule],
    queryFn: ({ signal }) => call("previewSeries", { body: { rule }, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}

export const slotsQuery = queryOptions({
  queryKey: ["posts", "slots"],
  queryFn: async ({ signal }) => (await call("listQueueSlots", { signal })).items,
});

export function queueQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["posts", "queue", from, to],
    queryFn: async ({ signal }) => (await call("listQueue", { query: { from, to }, signal })).items,
    placeholderData: keepPreviousData,
  });
}

export function suggestionQuery(channelIds: string[], postId: string) {
  return queryOptions({
    queryKey: ["posts", "suggestion", channelIds, postId],
    queryFn: ({ signal }) => call("suggestSlot", { body: { channelIds, postId }, signal }),
    retry: false,
  });
}

export const importsQuery = queryOptions({
  queryKey: ["imports", "list"],
  queryFn: async ({ signal }) => (await call("listImports", { signal })).items,
});

/** Asks again while lines are checked or made. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: ["imports", "one", id],
    queryFn: ({ signal }) => call("getImport", { params: { id }, signal }),
    refetchInterval: (query) =>
      ["checking", "importing"].includes(query.state.data?.state ?? "") ? 500 : false,
  });
}

export function importLinesQuery(id: string, state: ImportLine["state"] | undefined, step: string) {
  return queryOptions({
    // `step` is the import's own state: with it what is known of the lines changes.
    queryKey: ["imports", "lines", id, state, step],
    queryFn: ({ signal }) =>
      call("listImportLines", { params: { id }, query: { state, limit: 200 }, signal }),
    placeholderData: keepPreviousData,
  });
}
