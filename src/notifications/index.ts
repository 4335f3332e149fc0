export type { NoticeMail } from "./send.ts";
export { createNotifications } from "./notifications.ts";
