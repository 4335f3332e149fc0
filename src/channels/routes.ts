export { channelRoutes } from "./api/channels.routes.ts";
export { findGuides } from "./api/guide.ts";
