export { type MailCatcher, startMailCatcher } from "#emulator";
