export { cliEnvironment } from "./cli.ts";
export type { Config, ProcessRole } from "./config.ts";
export { inspectConfig, loadConfig } from "./config.ts";
export { ConfigError } from "./error.ts";
export { describeConfigProblems } from "./findings.ts";
export type { LlmProvider } from "./variables.ts";
export { openKey } from "./key.ts";
export { clearQuarantineOrder, orderQuarantine, quarantineOrder } from "./restored.ts";
