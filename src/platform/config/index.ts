export { cliEnvironment } from "./cli.ts";
export type { Config, Inspection, ProcessRole } from "./config.ts";
export { inspectConfig, loadConfig } from "./config.ts";
export { ConfigError } from "./error.ts";
export type { Finding } from "./findings.ts";
export { describeConfigProblems } from "./findings.ts";
export { openKey } from "./key.ts";
export type { Mode } from "./variables.ts";
