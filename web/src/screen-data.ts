import type { QueryClient, UseQueryOptions } from "@tanstack/react-query";
import * as queries from "./api/queries.ts";
import { importsQuery, seriesListQuery, seriesQuery, slotsQuery } from "./planning/queries.ts";

/**
 * What a screen reads before it is first shown, beside its code: so it appears whole, and nothing that comes later
 * pushes away what one has begun to read. What fails is told by the screen, which asks for it again.
 */
type ScreenData = (client: QueryClient, address: Address) => Promise<unknown>;

export type Address = { params: Record<string, string>; search: Record<string, unknown> };

// The options of a query know its data; here they only have to be asked for.
// oxlint-disable-next-line typescript/no-explicit-any -- a list of queries of different data has no other type
type AnyQuery = Pick<UseQueryOptions<any, Error, any, any>, "queryKey" | "queryFn" | "staleTime">;

async function ready(client: QueryClient, wanted: AnyQuery[]): Promise<void> {
  await Promise.all(wanted.map((query) => client.ensureQueryData(query).catch(() => undefined)));
}

function reads(...wanted: AnyQuery[]): ScreenData {
  return (client) => ready(client, wanted);
}

const needs = [
  queries.attentionQuery,
  queries.channelsQuery,
  queries.expiryWarningsQuery,
  queries.overviewQuery,
];

function readToWrite(client: QueryClient, id: string): Promise<void> {
  return ready(client, [queries.postQuery(id), queries.channelsQuery, queries.connectorsQuery]);
}

async function readPost(client: QueryClient, id: string): Promise<void> {
  await readToWrite(client, id);
  const found = client.getQueryData(queries.postQuery(id).queryKey);
  if (found) await ready(client, [queries.deliveriesQuery(id, found.status)]);
}

export const screenData = {
  home: reads(...needs, seriesListQuery),
  needs: reads(...needs, seriesListQuery, queries.waitingQuery),
  inbox: async (client, { search }) => {
    const shown = typeof search["post"] === "string" ? [readPost(client, search["post"])] : [];
    const list = queries.postsQuery({ status: "in_review", limit: 100 });
    await Promise.all([ready(client, [list, seriesListQuery]), ...shown]);
  },
  post: (client, { params }) => readPost(client, params["postId"] ?? ""),
  composer: (client, { params }) => readToWrite(client, params["postId"] ?? ""),
  calendar: async (client, { search }) => {
    const days = import("./calendar/calendar-screen.tsx")
      .then(({ calendarReads }) => calendarReads(client, search))
      .catch(() => []);
    await Promise.all([
      ready(client, [queries.channelsQuery, queries.attentionQuery]),
      ready(client, await days),
    ]);
  },
  queue: reads(queries.channelsQuery, slotsQuery),
  seriesList: reads(seriesListQuery),
  series: async (client, { params }) => {
    const series = await client.ensureQueryData(seriesQuery(params["seriesId"] ?? "")).catch(() => null);
    if (series) await readPost(client, series.templateId);
  },
  import: reads(importsQuery),
  channels: reads(
    queries.channelsQuery,
    queries.connectorsQuery,
    queries.platformsQuery,
    queries.expiryWarningsQuery,
    queries.slowedQuery,
  ),
  doctor: reads(queries.platformsQuery),
  usage: reads(queries.usageQuery(30)),
  settings: async (client, { search }) => {
    const ofTab: Record<string, AnyQuery[]> = {
      site: [queries.siteQuery, queries.channelsQuery],
      members: [queries.membersQuery, queries.invitationsQuery],
      sessions: [queries.sessionsQuery],
    };
    await ready(client, ofTab[String(search["tab"])] ?? []);
  },
} satisfies Record<string, ScreenData>;
