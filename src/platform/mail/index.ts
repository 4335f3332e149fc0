export type { Letter, MailSender } from "./letter.ts";
export { sendLetter } from "./letter.ts";
export { createMailTransport } from "./transport.ts";
export type { MailFailure, MailMessage } from "./types.ts";
