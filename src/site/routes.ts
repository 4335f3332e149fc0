import type { ApiPart } from "#platform/features";
import { publicSiteRoutes, siteRoutes } from "./site.routes.ts";
import type { PublicSites } from "./site.ts";

/** The settings of the public pages, and the pages. */
export function sitesApi({ sites }: { sites: PublicSites }): ApiPart {
  return {
    routes: (app) => siteRoutes(app, { sites }),
    outside: (app) => publicSiteRoutes(app, { sites }),
  };
}
