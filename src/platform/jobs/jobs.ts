import { type Kysely, sql } from "kysely";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";

type JobOptions = {
  /** Not before this moment; default: now. */
  runAt?: Date;
  /** A job that still waits under the same key is replaced, so that a key never waits twice. */
  key?: string;
};

type Job = { task: string; payload: JsonObject } & JobOptions;

/**
 * The queue wakes, our tables know: a job carries ids, and may run twice, late or after its reason is
 * gone. A task therefore looks at the tables first. Never put a secret or content into a payload.
 */
export type Jobs = {
  /** Adds a job as part of the caller's transaction (or on its own): rolled back, it never existed. */
  enqueue(db: Kysely<Schema>, task: string, payload: JsonObject, options?: JobOptions): Promise<void>;
  /** Adds many in one statement. Keys among them must differ. */
  enqueueMany(db: Kysely<Schema>, jobs: readonly Job[]): Promise<void>;
};

async function enqueueMany(db: Kysely<Schema>, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql`select enqueue_jobs(${JSON.stringify(jobs)}::jsonb)`.execute(db);
}

async function enqueue(
  db: Kysely<Schema>,
  task: string,
  payload: JsonObject,
  options: JobOptions = {},
): Promise<void> {
  await enqueueMany(db, [{ task, payload, ...options }]);
}

/** The way to add jobs, for features; running them is `startWorker`. */
export function createJobs(): Jobs {
  return { enqueue, enqueueMany };
}
