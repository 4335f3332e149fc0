export { type InstallationActor, recordEvent, recordInstallationEvent } from "./audit.store.ts";
export { type AuditEntry, entryColumns, entryOf } from "./entry.ts";
