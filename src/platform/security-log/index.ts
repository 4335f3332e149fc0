export type { SecurityLog } from "./security-log.ts";
export { createSecurityLog, securityLogSweep } from "./security-log.ts";
export { listSecurityRecords } from "./security-log.store.ts";
