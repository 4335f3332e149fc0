import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import type { Variant } from "../api/types.ts";

type CheckedPost = { variants: Variant[]; at: string | null; postId: string };

export function checkQuery(checked: CheckedPost) {
  return queryOptions({
    queryKey: keys.checks.of(checked),
    queryFn: async ({ signal }) => (await call("checkPost", { body: checked, signal })).variants,
    gcTime: 10_000,
    staleTime: 60_000,
  });
}
