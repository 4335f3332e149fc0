export type { Letter, MailSender } from "./letter.ts";
export { sendLetter } from "./letter.ts";
export { createMailTransport } from "./transport.ts";
export type { MailFailure, MailMessage, MailServer, MailTransport } from "./types.ts";
