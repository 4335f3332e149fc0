export type { Logger } from "./logger.ts";
export { addLogContext, createLogger, withLogContext } from "./logger.ts";
export type { Metrics } from "./metrics.ts";
export { addGauge, createMetrics } from "./metrics.ts";
