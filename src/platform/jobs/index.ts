export type { Jobs } from "./jobs.ts";
export { createJobs } from "./jobs.ts";
export { migrateJobs } from "./install.ts";
export type { Sweep } from "./sweeps.ts";
export type { RunningWorker, Task, WorkerOptions } from "./worker.ts";
export { startWorker } from "./worker.ts";
