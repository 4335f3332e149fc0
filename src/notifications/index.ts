export { createNotifications } from "./notifications.ts";
export { notificationsFeature } from "./feature.ts";
