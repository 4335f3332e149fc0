export { type AuditEntry, entryColumns, entryOf } from "./entry.ts";
export { auditSubscriber } from "./subscriber.ts";
