// The face for the server: the platforms that it brings along, without those that only tests and `npm run sandbox` start.
export type { MailCatcher, MailCatcherOptions } from "./mail/index.ts";
export { startMailCatcher } from "./mail/index.ts";
export type { Sandbox, SandboxOptions } from "./sandbox/index.ts";
export { startSandbox } from "./sandbox/index.ts";
