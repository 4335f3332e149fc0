export type { UsageEvent, UsageSummary, UsageTotal } from "./usage.ts";
export { runCost, usageSummary } from "./usage.read.ts";
export { usageRoutes } from "./usage.routes.ts";
export { recordUsage } from "./usage.store.ts";
