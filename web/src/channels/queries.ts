import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { unlessLive } from "../api/live-state.ts";

export const connectorsQuery = queryOptions({
  queryKey: keys.connectors,
  queryFn: async ({ signal }) => (await call("listConnectors", { signal })).items,
  staleTime: 600_000,
});

export const channelsQuery = queryOptions({
  queryKey: keys.channels.list,
  queryFn: async ({ signal }) => (await call("listChannels", { signal })).items,
  staleTime: 10_000,
  refetchInterval: () => unlessLive(30_000),
});

export const platformsQuery = queryOptions({
  queryKey: keys.platforms,
  queryFn: async ({ signal }) => (await call("listPlatforms", { signal })).items,
  staleTime: 10_000,
});

export function guideQuery(connector: string) {
  return queryOptions({
    queryKey: keys.guide(connector),
    queryFn: ({ signal }) => call("getSetupGuide", { params: { connector }, signal }),
    staleTime: 600_000,
  });
}

export function pendingQuery(id: string) {
  return queryOptions({
    queryKey: keys.pending(id),
    queryFn: ({ signal }) => call("getPendingConnection", { params: { id }, signal }),
    retry: false,
    staleTime: 600_000,
  });
}

/** What looks wrong about pasted values; never kept, because they hold a secret. */
export function appCheckQuery(connector: string, values: Record<string, string>) {
  return queryOptions({
    queryKey: keys.appCheck(connector, values),
    queryFn: ({ signal }) => call("checkPlatformApp", { params: { connector }, body: { values }, signal }),
    enabled: Object.values(values).some((value) => value !== ""),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

export function reportQuery(connector: string) {
  return queryOptions({
    queryKey: keys.doctor.of(connector),
    queryFn: ({ signal }) => call("examinePlatform", { params: { connector }, signal }),
    retry: false,
    staleTime: 60_000,
  });
}

export const expiryWarningsQuery = queryOptions({
  queryKey: keys.channels.warnings,
  queryFn: async ({ signal }) => (await call("listExpiryWarnings", { signal })).items,
  staleTime: 60_000,
});

/** Channels whose platform asks to wait, or whose posts were seen to appear late, of which no event tells. */
export const slowedQuery = queryOptions({
  queryKey: keys.channels.slowed,
  queryFn: async ({ signal }) => (await call("listSlowedChannels", { signal })).items,
  staleTime: 10_000,
  refetchInterval: 15_000,
});

export function impactQuery(channelId: string) {
  return queryOptions({
    queryKey: keys.channels.impact(channelId),
    queryFn: ({ signal }) => call("getDisconnectImpact", { params: { id: channelId }, signal }),
    staleTime: 0,
  });
}
