export { SiteError } from "./errors.ts";
export type { PublicSites, SiteSettings } from "./site.ts";
export { createSites } from "./site.ts";
export { sitesFeature } from "./feature.ts";
