export { usageFeature } from "./feature.ts";
export type { UsageEvent, UsageSummary, UsageTotal } from "./usage.ts";
export { runCost, usageSummary } from "./usage.read.ts";
export { recordUsage } from "./usage.store.ts";
