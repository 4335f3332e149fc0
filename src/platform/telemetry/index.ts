export type { Logger } from "./logger.ts";
export type { OutcomeLog } from "./outcome.ts";
export { noOutcomeLog, withOutcome } from "./outcome.ts";
export { addLogContext, createLogger, withLogContext } from "./logger.ts";
