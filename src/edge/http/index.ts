export { idempotencySweep } from "./idempotency.ts";
export type { ServerOptions, ServerParts } from "./server.ts";
export { createServer } from "./server.ts";
export { passOn } from "./pass-on.ts";
