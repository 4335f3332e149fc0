import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { unlessLive } from "../api/live-state.ts";

/** What waits and what goes out, counted by the server over all posts: for Home. */
export const overviewQuery = queryOptions({
  queryKey: keys.posts.overview,
  queryFn: ({ signal }) => call("getOverview", { signal }),
  refetchInterval: () => unlessLive(15_000),
});
