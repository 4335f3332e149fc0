import { queryOptions } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { keys } from "../../api/keys.ts";
import type { Run } from "../../api/types.ts";

export function runQuery(id: string) {
  return queryOptions({
    queryKey: keys.runs.one(id),
    queryFn: ({ signal }) => call("getRun", { params: { id }, signal }),
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 700),
  });
}

export function isOver(run: Run): boolean {
  return run.state === "done" || run.state === "failed" || run.state === "cancelled";
}
