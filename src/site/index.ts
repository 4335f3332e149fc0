export { SiteError } from "./errors.ts";
export { publicSiteRoutes, siteRoutes } from "./site.routes.ts";
export type { PublicSites, SiteSettings } from "./site.ts";
export { createSites } from "./site.ts";
