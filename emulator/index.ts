export type { Sandbox, SandboxOptions } from "./sandbox/index.ts";
export { startSandbox } from "./sandbox/index.ts";
