export type { MailCatcher, MailCatcherOptions } from "./mail/index.ts";
export { startMailCatcher } from "./mail/index.ts";
export type { Sandbox, SandboxOptions } from "./sandbox/index.ts";
export { startSandbox } from "./sandbox/index.ts";
export type { LanguageModelServer, ModelFault } from "./llm/index.ts";
export { startLanguageModel } from "./llm/index.ts";
