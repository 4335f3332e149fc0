import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { unlessLive } from "../api/live-state.ts";
import type { Delivery, PostStatus } from "../api/types.ts";
import { mediaQuery } from "../media/queries.ts";

export function postQuery(id: string) {
  return queryOptions({
    queryKey: keys.posts.one(id),
    queryFn: async ({ client, signal }) => {
      const post = await call("getPost", { params: { id }, signal });
      // It brings what is known of its media, so that nothing asks for them one by one.
      for (const media of post.media) client.setQueryData(mediaQuery(media.id).queryKey, media);
      return post;
    },
    refetchInterval: (query) => {
      const everyMs = pace[query.state.data?.status ?? "draft"];
      return everyMs === undefined ? false : unlessLive(everyMs);
    },
  });
}

/** How often a post is asked for: while it goes out, and where what a person does elsewhere lets it go on. */
const pace: Partial<Record<PostStatus, number>> = {
  publishing: 1_500,
  waiting_for_channel: 5_000,
  partly: 5_000,
  failed: 5_000,
  missed: 5_000,
};

/** A version never changes once it is written. */
export function versionQuery(id: string, number: number) {
  return queryOptions({
    queryKey: keys.posts.version(id, number),
    queryFn: ({ signal }) => call("getPostVersion", { params: { id, number }, signal }),
    staleTime: "static",
  });
}

const moving = new Set(["claimed", "in_flight", "ambiguous", "reconciling"]);

function isMoving(deliveries: Delivery[] | undefined, publishing: boolean): boolean {
  if (!deliveries?.length) return publishing;
  return deliveries.some(
    ({ state, dueAt }) =>
      moving.has(state) || (state === "scheduled" && (publishing || Date.parse(dueAt) <= Date.now())),
  );
}

/**
 * Asks again while something is or may get on its way, which no event tells, and once more whenever the post's own
 * state has changed.
 */
export function deliveriesQuery(postId: string, status: PostStatus) {
  return queryOptions({
    queryKey: keys.deliveries.ofPost(postId, status),
    queryFn: async ({ signal }) =>
      (await call("listPostDeliveries", { params: { id: postId }, signal })).items,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      if (isMoving(data, status === "publishing")) return 1_500;
      return data?.some(({ state }) => state === "needs_reconnect") ? unlessLive(1_500) : false;
    },
  });
}

export function schedulePreviewQuery(wall: string, zone: string) {
  return queryOptions({
    queryKey: keys.schedule(wall, zone),
    queryFn: ({ signal }) => call("previewSchedule", { query: { wall, zone }, signal }),
    staleTime: 60_000,
  });
}
