import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";

/** Signed addresses of media end; an hour is well within their life. */
export function mediaQuery(id: string) {
  return queryOptions({
    queryKey: keys.media.one(id),
    queryFn: ({ signal }) => call("getMedia", { params: { id }, signal }),
    staleTime: 600_000,
  });
}
