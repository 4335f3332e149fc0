import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";

/** Whether sending waits, because the database has lost history. It concerns all workspaces, so no event of one tells it. */
export const quarantineQuery = queryOptions({
  queryKey: keys.quarantine,
  queryFn: ({ signal }) => call("readQuarantine", { signal }),
  refetchInterval: 15_000,
});
