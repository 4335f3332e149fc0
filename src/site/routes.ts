export { publicSiteRoutes, siteRoutes } from "./site.routes.ts";
