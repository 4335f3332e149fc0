export { importRoutes } from "./import/imports.routes.ts";
export { mediaBytesRoutes, mediaRoutes } from "./media.routes.ts";
export { postRoutes } from "./posts.routes.ts";
