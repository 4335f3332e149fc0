export type { Job, JobOptions, Jobs } from "./jobs.ts";
export { createJobs } from "./jobs.ts";
export { migrateJobs } from "./install.ts";
