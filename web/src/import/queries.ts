import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import type { ImportLine } from "../api/types.ts";

export const importsQuery = queryOptions({
  queryKey: keys.imports.list,
  queryFn: async ({ signal }) => (await call("listImports", { signal })).items,
});

/** Asks again while lines are checked or made. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: keys.imports.one(id),
    queryFn: ({ signal }) => call("getImport", { params: { id }, signal }),
    refetchInterval: (query) =>
      ["checking", "importing"].includes(query.state.data?.state ?? "") ? 500 : false,
  });
}

export function importLinesQuery(id: string, state: ImportLine["state"] | undefined, step: string) {
  return queryOptions({
    // `step` is the import's own state: with it what is known of the lines changes.
    queryKey: keys.imports.lines(id, state, step),
    queryFn: ({ signal }) =>
      call("listImportLines", { params: { id }, query: { state, limit: 200 }, signal }),
    placeholderData: keepPreviousData,
  });
}
