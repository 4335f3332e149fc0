export { importRoutes } from "./api/imports.routes.ts";
export { mediaBytesRoutes, mediaRoutes } from "./api/media.routes.ts";
export { postRoutes } from "./api/posts.routes.ts";
