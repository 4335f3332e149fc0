import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";

export type PostFilter = {
  status?: string | undefined;
  q?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
};

export function postsQuery(filter: PostFilter = {}) {
  return queryOptions({
    queryKey: keys.posts.page(filter),
    queryFn: ({ signal }) => call("listPosts", { query: filter, signal }),
  });
}

export function postListQuery(filter: PostFilter) {
  return infiniteQueryOptions({
    queryKey: keys.posts.list(filter),
    queryFn: ({ signal, pageParam }) =>
      call("listPosts", { query: { ...filter, cursor: pageParam, limit: 30 }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}
