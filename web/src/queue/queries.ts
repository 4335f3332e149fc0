import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";

export const slotsQuery = queryOptions({
  queryKey: keys.posts.slots,
  queryFn: async ({ signal }) => (await call("listQueueSlots", { signal })).items,
});

export function queueQuery(from: string, to: string) {
  return queryOptions({
    queryKey: keys.posts.queue(from, to),
    queryFn: async ({ signal }) => (await call("listQueue", { query: { from, to }, signal })).items,
    placeholderData: keepPreviousData,
  });
}

export function suggestionQuery(channelIds: string[], postId: string) {
  return queryOptions({
    queryKey: keys.posts.suggestion(channelIds, postId),
    queryFn: ({ signal }) => call("suggestSlot", { body: { channelIds, postId }, signal }),
    retry: false,
  });
}
