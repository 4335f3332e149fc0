import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, everyPage } from "./client.ts";
import { hasCode } from "./problem.ts";
import type { Delivery, PostStatus, Run, SiteSettings, Variant } from "./types.ts";

/** Every read of the dashboard, by key, so that a change can name what it makes stale. */
export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => call("setUpNeeded", { signal }),
  staleTime: 60_000,
});

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => call("whoAmI", { signal }),
  staleTime: 60_000,
});

export const connectorsQuery = queryOptions({
  queryKey: ["connectors"],
  queryFn: async ({ signal }) => (await call("listConnectors", { signal })).items,
  staleTime: 600_000,
});

export const channelsQuery = queryOptions({
  queryKey: ["channels"],
  queryFn: async ({ signal }) => (await call("listChannels", { signal })).items,
  staleTime: 10_000,
});

export const platformsQuery = queryOptions({
  queryKey: ["platforms"],
  queryFn: async ({ signal }) => (await call("listPlatforms", { signal })).items,
  staleTime: 10_000,
});

export function guideQuery(connector: string) {
  return queryOptions({
    queryKey: ["guide", connector],
    queryFn: ({ signal }) => call("getSetupGuide", { params: { connector }, signal }),
    staleTime: 600_000,
  });
}

export function pendingQuery(id: string) {
  return queryOptions({
    queryKey: ["pending", id],
    queryFn: ({ signal }) => call("getPendingConnection", { params: { id }, signal }),
    retry: false,
    staleTime: 600_000,
  });
}

/** What looks wrong about pasted values; never kept, because they hold a secret. */
export function appCheckQuery(connector: string, values: Record<string, string>) {
  return queryOptions({
    queryKey: ["app-check", connector, values],
    queryFn: ({ signal }) => call("checkPlatformApp", { params: { connector }, body: { values }, signal }),
    enabled: Object.values(values).some((value) => value !== ""),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

export function reportQuery(connector: string) {
  return queryOptions({
    queryKey: ["doctor", connector],
    queryFn: ({ signal }) => call("examinePlatform", { params: { connector }, signal }),
    retry: false,
    staleTime: 60_000,
  });
}

export const expiryWarningsQuery = queryOptions({
  queryKey: ["channels", "warnings"],
  queryFn: async ({ signal }) => (await call("listExpiryWarnings", { signal })).items,
  staleTime: 60_000,
});

/** Channels whose platform asks to wait, or whose posts were seen to appear late. */
export const slowedQuery = queryOptions({
  queryKey: ["channels", "slowed"],
  queryFn: async ({ signal }) => (await call("listSlowedChannels", { signal })).items,
  staleTime: 10_000,
  refetchInterval: 15_000,
});

export function impactQuery(channelId: string) {
  return queryOptions({
    queryKey: ["channels", "impact", channelId],
    queryFn: ({ signal }) => call("getDisconnectImpact", { params: { id: channelId }, signal }),
    staleTime: 0,
  });
}

export type PostFilter = {
  status?: string | undefined;
  q?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
};

export function postsQuery(filter: PostFilter = {}) {
  return queryOptions({
    queryKey: ["posts", "page", filter],
    queryFn: ({ signal }) => call("listPosts", { query: filter, signal }),
  });
}

/** What waits and what goes out, counted by the server over all posts: for Home and for the counts beside its neighbours. */
export const overviewQuery = queryOptions({
  queryKey: ["posts", "overview"],
  queryFn: ({ signal }) => call("getOverview", { signal }),
  refetchInterval: 15_000,
});

export function postListQuery(filter: PostFilter) {
  return infiniteQueryOptions({
    queryKey: ["posts", "list", filter],
    queryFn: ({ signal, pageParam }) =>
      call("listPosts", { query: { ...filter, cursor: pageParam, limit: 30 }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
}

/** Posts that are due in a span of time. */
export function calendarQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["posts", "calendar", from, to],
    queryFn: ({ signal }) => everyPage("listPosts", { from, to }, signal),
  });
}

/** Posts that wait for their approval. */
export const waitingQuery = queryOptions({
  queryKey: ["posts", "waiting"],
  queryFn: ({ signal }) => everyPage("listPosts", { status: "in_review" }, signal),
  refetchInterval: 30_000,
});

export function postQuery(id: string) {
  return queryOptions({
    queryKey: ["posts", "one", id],
    queryFn: async ({ client, signal }) => {
      const post = await call("getPost", { params: { id }, signal });
      // It brings what is known of its media, so that nothing asks for them one by one.
      for (const media of post.media) client.setQueryData(mediaQuery(media.id).queryKey, media);
      return post;
    },
    refetchInterval: (query) => pace[query.state.data?.status ?? "draft"] ?? false,
  });
}

/** How often a post is asked for: while it goes out, and where what a person does elsewhere lets it go on. */
const pace: Partial<Record<PostStatus, number>> = {
  publishing: 1_500,
  waiting_for_channel: 5_000,
  partly: 5_000,
  failed: 5_000,
  missed: 5_000,
};

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ["posts", "versions", id],
    queryFn: async ({ signal }) => (await call("listPostVersions", { params: { id }, signal })).items,
  });
}

/** What was written on top of an older version and lost to somebody else's. */
export function setAsideQuery(id: string) {
  return queryOptions({
    queryKey: ["posts", "set-aside", id],
    queryFn: async ({ signal }) => (await call("listTextsSetAside", { params: { id }, signal })).items,
  });
}

/** A version never changes once it is written. */
export function versionQuery(id: string, number: number) {
  return queryOptions({
    queryKey: ["posts", "version", id, number],
    queryFn: ({ signal }) => call("getPostVersion", { params: { id, number }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const moving = new Set(["claimed", "in_flight", "ambiguous", "reconciling", "needs_reconnect"]);

function isMoving(deliveries: Delivery[] | undefined, publishing: boolean): boolean {
  if (!deliveries?.length) return publishing;
  return deliveries.some(
    ({ state, dueAt }) =>
      moving.has(state) || (state === "scheduled" && (publishing || Date.parse(dueAt) <= Date.now())),
  );
}

/** Asks again while something is or may get on its way, and once more whenever the post's own state has changed. */
export function deliveriesQuery(postId: string, status: PostStatus) {
  return queryOptions({
    queryKey: ["deliveries", "post", postId, status],
    queryFn: async ({ signal }) =>
      (await call("listPostDeliveries", { params: { id: postId }, signal })).items,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (isMoving(query.state.data, status === "publishing") ? 1_500 : false),
  });
}

/** Deliveries that wait for a person, and those of which a second copy is out. */
export const attentionQuery = queryOptions({
  queryKey: ["deliveries", "attention"],
  queryFn: async ({ signal }) => {
    const lists = await Promise.all([
      everyPage("listDeliveries", { state: "needs_human,needs_reconnect,missed,rejected" }, signal),
      everyPage("listDeliveries", { secondCopy: "true" }, signal),
    ]);
    return [...new Map(lists.flat().map((delivery) => [delivery.id, delivery])).values()];
  },
  refetchInterval: 15_000,
});

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", id],
    queryFn: ({ signal }) => call("getRun", { params: { id }, signal }),
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : 700),
  });
}

export function isOver(run: Run): boolean {
  return run.state === "done" || run.state === "failed" || run.state === "cancelled";
}

export function schedulePreviewQuery(wall: string, zone: string) {
  return queryOptions({
    queryKey: ["schedule", wall, zone],
    queryFn: ({ signal }) => call("previewSchedule", { query: { wall, zone }, signal }),
    staleTime: 60_000,
  });
}

/** Signed addresses of media end; an hour is well within their life. */
export function mediaQuery(id: string) {
  return queryOptions({
    queryKey: ["media", id],
    queryFn: ({ signal }) => call("getMedia", { params: { id }, signal }),
    staleTime: 600_000,
  });
}

type CheckedPost = { variants: Variant[]; at: string | null; postId: string };

export function checkQuery(checked: CheckedPost) {
  return queryOptions({
    queryKey: ["check", checked],
    queryFn: async ({ signal }) => (await call("checkPost", { body: checked, signal })).variants,
    gcTime: 10_000,
    staleTime: 60_000,
  });
}

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: async ({ signal }) => (await call("listMembers", { signal })).items,
});

export const installationAdminsQuery = queryOptions({
  queryKey: ["installation", "admins"],
  queryFn: async ({ signal }) => (await call("listInstallationAdmins", { signal })).items,
});

export const unconfirmedInvitationsQuery = queryOptions({
  queryKey: ["installation", "invitations"],
  queryFn: async ({ signal }) => (await call("listUnprovenInvitations", { signal })).items,
});

export const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: async ({ signal }) => (await call("listDevices", { signal })).items,
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: async ({ signal }) => (await call("listInvitations", { signal })).items,
});

/** Null where the workspace has no site yet. */
export const siteQuery = queryOptions({
  queryKey: ["site"],
  queryFn: async ({ signal }): Promise<SiteSettings | null> => {
    try {
      return await call("getSite", { signal });
    } catch (error) {
      if (hasCode(error, "site.not_found")) return null;
      throw error;
    }
  },
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: async ({ signal }) => (await call("listSessions", { signal })).items,
});

/** What the models were used for in the last days. */
export function usageQuery(days: number) {
  return queryOptions({
    queryKey: ["usage", days],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - days * 86_400_000).toISOString();
      return call("getUsage", { query: { from }, signal });
    },
  });
}
