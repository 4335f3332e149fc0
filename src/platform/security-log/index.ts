export type { SecurityLog, SecurityRecord } from "./security-log.ts";
export { createSecurityLog, securityLogSweep } from "./security-log.ts";
export { listSecurityRecords } from "./security-log.store.ts";
