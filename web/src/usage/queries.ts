import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";

/** What the models were used for in the last days. */
export function usageQuery(days: number) {
  return queryOptions({
    queryKey: keys.usage(days),
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - days * 86_400_000).toISOString();
      return call("getUsage", { query: { from }, signal });
    },
  });
}
