export type { Logger } from "./logger.ts";
export { addLogContext, createLogger, withLogContext } from "./logger.ts";
