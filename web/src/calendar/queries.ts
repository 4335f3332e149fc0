import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, everyPage } from "../api/client.ts";
import { keys } from "../api/keys.ts";

/** Posts that are due in a span of time. */
export function calendarQuery(from: string, to: string) {
  return queryOptions({
    queryKey: keys.posts.calendarOf(from, to),
    queryFn: ({ signal }) => everyPage("listPosts", { from, to }, signal),
  });
}

export function plannedQuery(from: string, to: string) {
  return queryOptions({
    queryKey: keys.posts.planned(from, to),
    queryFn: async ({ signal }) => (await call("listPlannedDates", { query: { from, to }, signal })).items,
    placeholderData: keepPreviousData,
  });
}
