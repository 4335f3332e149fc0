import type { ApiPart } from "#platform/features";
import type { Agent } from "./agent.ts";
import { agentRoutes } from "./runs.routes.ts";

/** Runs that draft. */
export function agentApi({ agent }: { agent: Agent }): ApiPart {
  return { routes: (app) => agentRoutes(app, { agent }) };
}
