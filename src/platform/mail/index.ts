export type { Letter, MailSender } from "./letter.ts";
export { mailPage, sendLetter } from "./letter.ts";
export { createMailTransport } from "./transport.ts";
export type { MailFailure, MailMessage } from "./types.ts";
