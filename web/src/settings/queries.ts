import { queryOptions } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { keys } from "../api/keys.ts";
import { hasCode } from "../api/problem.ts";
import type { SiteSettings } from "../api/types.ts";

export const membersQuery = queryOptions({
  queryKey: keys.members,
  queryFn: async ({ signal }) => (await call("listMembers", { signal })).items,
});

export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async ({ signal }) => (await call("listInvitations", { signal })).items,
});

export const installationAdminsQuery = queryOptions({
  queryKey: keys.installation.admins,
  queryFn: async ({ signal }) => (await call("listInstallationAdmins", { signal })).items,
});

export const unconfirmedInvitationsQuery = queryOptions({
  queryKey: keys.installation.invitations,
  queryFn: async ({ signal }) => (await call("listUnprovenInvitations", { signal })).items,
});

export const devicesQuery = queryOptions({
  queryKey: keys.devices,
  queryFn: async ({ signal }) => (await call("listDevices", { signal })).items,
});

export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: async ({ signal }) => (await call("listSessions", { signal })).items,
});

/** Null where the workspace has no site yet. */
export const siteQuery = queryOptions({
  queryKey: keys.site,
  queryFn: async ({ signal }): Promise<SiteSettings | null> => {
    try {
      return await call("getSite", { signal });
    } catch (error) {
      if (hasCode(error, "site.not_found")) return null;
      throw error;
    }
  },
});
