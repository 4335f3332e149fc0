import { queryOptions } from "@tanstack/react-query";
import { unlessLive } from "../api/live-state.ts";
import { postsQuery } from "../posts/queries.ts";

/** Posts that wait for a decision, those too that this person may not approve. */
export const inboxQuery = queryOptions({
  ...postsQuery({ status: "in_review", limit: 100 }),
  refetchInterval: () => unlessLive(15_000),
});
