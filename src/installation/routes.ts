export { installationRoutes } from "./installation.routes.ts";
export { securityRoutes } from "./security.routes.ts";
