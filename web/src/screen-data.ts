import type { QueryClient, UseQueryOptions } from "@tanstack/react-query";
import {
  channelsQuery,
  connectorsQuery,
  expiryWarningsQuery,
  platformsQuery,
  slowedQuery,
} from "./channels/queries.ts";
import { overviewQuery } from "./home/queries.ts";
import { importsQuery } from "./import/queries.ts";
import { inboxQuery } from "./inbox/queries.ts";
import { needCountsQuery, needsQuery } from "./needs/queries.ts";
import { deliveriesQuery, postQuery } from "./post/queries.ts";
import { slotsQuery } from "./queue/queries.ts";
import { seriesListQuery, seriesQuery } from "./series/queries.ts";
import { invitationsQuery, membersQuery, sessionsQuery, siteQuery } from "./settings/queries.ts";
import { usageQuery } from "./usage/queries.ts";

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

function readToWrite(client: QueryClient, id: string): Promise<void> {
  return ready(client, [postQuery(id), channelsQuery, connectorsQuery]);
}

async function readPost(client: QueryClient, id: string): Promise<void> {
  await readToWrite(client, id);
  const found = client.getQueryData(postQuery(id).queryKey);
  if (found) await ready(client, [deliveriesQuery(id, found.status)]);
}

export const screenData = {
  home: reads(needCountsQuery, channelsQuery, overviewQuery),
  needs: reads(needsQuery(), channelsQuery),
  inbox: async (client, { search }) => {
    const shown = typeof search["post"] === "string" ? [readPost(client, search["post"])] : [];
    await Promise.all([ready(client, [inboxQuery, seriesListQuery]), ...shown]);
  },
  post: (client, { params }) => readPost(client, params["postId"] ?? ""),
  composer: (client, { params }) => readToWrite(client, params["postId"] ?? ""),
  calendar: async (client, { search }) => {
    const days = import("./calendar/calendar-screen.tsx")
      .then(({ calendarReads }) => calendarReads(client, search))
      .catch(() => []);
    await Promise.all([ready(client, [channelsQuery, needsQuery("channel")]), ready(client, await days)]);
  },
  queue: reads(channelsQuery, slotsQuery),
  seriesList: reads(seriesListQuery),
  series: async (client, { params }) => {
    const series = await client.ensureQueryData(seriesQuery(params["seriesId"] ?? "")).catch(() => null);
    if (series) await readPost(client, series.templateId);
  },
  import: reads(importsQuery),
  channels: reads(channelsQuery, connectorsQuery, platformsQuery, expiryWarningsQuery, slowedQuery),
  doctor: reads(platformsQuery),
  usage: reads(usageQuery(30)),
  settings: async (client, { search }) => {
    const ofTab: Record<string, AnyQuery[]> = {
      site: [siteQuery, channelsQuery],
      members: [membersQuery, invitationsQuery],
      sessions: [sessionsQuery],
    };
    await ready(client, ofTab[String(search["tab"])] ?? []);
  },
} satisfies Record<string, ScreenData>;
