export type { Metrics } from "./metrics.ts";
export { addGauge, createMetrics } from "./metrics.ts";
