export { type Announcements, createAnnouncements, type NewsListener } from "./announcements.ts";
