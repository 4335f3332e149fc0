export { memberRoutes } from "./members.routes.ts";
export { workspaceRoutes } from "./workspaces.routes.ts";
