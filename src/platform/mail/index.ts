export { createMailTransport } from "./transport.ts";
export type { MailFailure, MailMessage, MailOutcome, MailServer, MailTransport } from "./types.ts";
