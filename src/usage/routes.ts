import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { ApiPart } from "#platform/features";
import { addUsageMetrics } from "./usage.metrics.ts";
import { usageRoutes } from "./usage.routes.ts";

/** What the models were used for and what it cost. */
export function usageApi({ database, clock }: { database: Database; clock: Clock }): ApiPart {
  return {
    routes: (app) => usageRoutes(app, { database, clock }),
    metrics: (metrics) => addUsageMetrics(metrics, database),
  };
}
