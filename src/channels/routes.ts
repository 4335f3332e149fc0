export { channelRoutes } from "./channels.routes.ts";
export { findGuides } from "./guide.ts";
