export { createFeed } from "./feed.ts";
export { liveRoutes } from "./live.routes.ts";
