export { createMailTransport } from "./transport.ts";
