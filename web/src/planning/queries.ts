import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import type {
  Import,
  ImportLine,
  PlannedDate,
  QueueItem,
  QueueSlot,
  RulePreview,
  Series,
  SeriesRule,
  SeriesSummary,
  SlotSuggestion,
} from "../api/types.ts";

/** Reads of series, queue and imports. Series and queue stand under "posts": a change of posts makes them stale. */
export const seriesListQuery = queryOptions({
  queryKey: ["posts", "series", "list"],
  queryFn: async ({ signal }) => (await api.get<{ items: SeriesSummary[] }>("/series", {}, signal)).items,
});

export function seriesQuery(id: string) {
  return queryOptions({
    queryKey: ["posts", "series", id],
    queryFn: ({ signal }) => api.get<Series>(`/series/${id}`, {}, signal),
  });
}

export function plannedQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["posts", "planned", from, to],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: PlannedDate[] }>("/series/planned", { from, to }, signal)).items,
    placeholderData: keepPreviousData,
  });
}

export function rulePreviewQuery(rule: SeriesRule) {
  return queryOptions({
    queryKey: ["rule", rule],
    queryFn: ({ signal }) => api.post<RulePreview>("/series/preview", { rule }, signal),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}

export const slotsQuery = queryOptions({
  queryKey: ["posts", "slots"],
  queryFn: async ({ signal }) => (await api.get<{ items: QueueSlot[] }>("/queue/slots", {}, signal)).items,
});

export function queueQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["posts", "queue", from, to],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: QueueItem[] }>("/queue", { from, to }, signal)).items,
    placeholderData: keepPreviousData,
  });
}

export function suggestionQuery(channelIds: string[], postId: string) {
  return queryOptions({
    queryKey: ["posts", "suggestion", channelIds, postId],
    queryFn: ({ signal }) => api.post<SlotSuggestion>("/queue/suggest", { channelIds, postId }, signal),
    retry: false,
  });
}

export const importsQuery = queryOptions({
  queryKey: ["imports", "list"],
  queryFn: async ({ signal }) => (await api.get<{ items: Import[] }>("/imports", {}, signal)).items,
});

/** Asks again while lines are checked or made. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: ["imports", "one", id],
    queryFn: ({ signal }) => api.get<Import>(`/imports/${id}`, {}, signal),
    refetchInterval: (query) =>
      ["checking", "importing"].includes(query.state.data?.state ?? "") ? 500 : false,
  });
}

export function importLinesQuery(id: string, state: ImportLine["state"] | undefined, step: string) {
  return queryOptions({
    // `step` is the import's own state: with it what is known of the lines changes.
    queryKey: ["imports", "lines", id, state, step],
    queryFn: ({ signal }) =>
      api.get<{ items: ImportLine[]; next: number | null }>(
        `/imports/${id}/lines`,
        { state, limit: 200 },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}
