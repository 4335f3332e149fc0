export type { ServerOptions } from "./server.ts";
export { createServer } from "./server.ts";
export { passOn } from "./pass-on.ts";
