export { agentRoutes } from "./runs.routes.ts";
