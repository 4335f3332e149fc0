export { createMailTransport } from "./transport.ts";
export type { MailFailure, MailMessage, MailServer, MailTransport } from "./types.ts";
