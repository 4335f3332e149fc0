import { queryOptions } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { keys } from "../../api/keys.ts";

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: keys.posts.versions(id),
    queryFn: async ({ signal }) => (await call("listPostVersions", { params: { id }, signal })).items,
  });
}

/** What was written on top of an older version and lost to somebody else's. */
export function setAsideQuery(id: string) {
  return queryOptions({
    queryKey: keys.posts.setAside(id),
    queryFn: async ({ signal }) => (await call("listTextsSetAside", { params: { id }, signal })).items,
  });
}
