export type { LogContext, Logger } from "./logger.ts";
export { addLogContext, createLogger, withLogContext } from "./logger.ts";
export type { Metrics } from "./metrics.ts";
export { addGauge, createMetrics } from "./metrics.ts";
export { scrub } from "./scrub.ts";
