import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { followChoice } from "../lib/language.ts";

/** Every read of the dashboard, by key, so that a change can name what it makes stale. */
export const setupQuery = queryOptions({
  queryKey: keys.setup,
  queryFn: ({ signal }) => call("setUpNeeded", { signal }),
  staleTime: 60_000,
});

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }) => {
    const me = await call("whoAmI", { signal });
    followChoice(me.user);
    return me;
  },
  staleTime: 60_000,
});

/** Who is invited where, by the token of the link. */
export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: keys.invitation(token),
    queryFn: ({ signal }) => call("previewInvitation", { query: { token }, signal }),
    retry: false,
  });
}
