export type { Check, Health, HealthOptions, Readiness } from "./health.ts";
export { createHealth } from "./health.ts";
