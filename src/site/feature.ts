import { feature } from "#platform/features";
import { createSites, type SitesOptions } from "./site.ts";

type Needs = Omit<SitesOptions, "mediaPath"> & {
  /** The desk's, whose files everybody may read at these addresses. */
  mediaLinks: { addressOf: (workspaceId: string, sha256: string) => string };
};

/** Galley's own public pages. */
export const sitesFeature = feature({
  name: "sites",
  needs: ["database", "publicUrl", "mediaLinks", "markdown"],
  make: ({ mediaLinks, ...deps }: Needs) =>
    createSites({ ...deps, mediaPath: (workspaceId, hash) => mediaLinks.addressOf(workspaceId, hash) }),
  worker: ({ sweep }) => ({ sweeps: [sweep] }),
  api: async () => (await import("./routes.ts")).sitesApi,
});
