import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { run, type Runner, type TaskList, type WorkerEvents } from "graphile-worker";
import type { Pool, PoolClient } from "pg";
import type { JsonObject } from "#kit";
import { createPool } from "#platform/db";
import type { Metrics } from "#platform/metrics";
import { type Logger, withLogContext } from "#platform/telemetry";
import { freeOrphanedJobs, lookForDeadWorkers } from "./dead-workers.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { queueLogger } from "./queue-logger.ts";
import { startSweeps, type Sweep } from "./sweeps.ts";

/**
 * What runs a job. An error makes it come again later, with growing pauses. `signal` aborts when the
 * process stops and will not wait much longer: leave work in a state that another run continues.
 */
export type Task = (payload: JsonObject, context: { signal: AbortSignal }) => Promise<void>;

export type WorkerOptions = {
  databaseUrl: string;
  /** Names this process among the workers of the database; a new one with each start. */
  id: string;
  tasks: Record<string, Task>;
  sweeps: readonly Sweep[];
  /** Sets free what dead workers held outside the queue, by their ids. */
  onDeadWorkers?: (ids: string[]) => Promise<void>;
  /** Jobs at a time. */
  concurrency: number;
  log: Logger;
  metrics?: Pick<Metrics, "jobs">;
  /** How often to look for jobs whose time has come; new jobs that are due at once are announced. */
  pollMs?: number;
  /** From `stop()` until the signal of tasks that still run aborts. */
  abortAfterMs?: number;
};

export type RunningWorker = {
  /** Takes no more jobs, lets running ones finish, gives back what it had only reserved. */
  stop: () => Promise<void>;
};

const lookForDeadEveryMs = 1_000;
const freeOrphansEveryMs = 30_000;
/** A queue that ends has so long after the signal of its tasks. */
const endsWithinMs = 2_000;
/** So often in a row no job could be fetched, some seconds long: another queue may do better. */
const fetchFailures = 10;
const fewestOfQueue = 3;
/** One shows that the worker lives; the other is for its sweeps, and frees what a broken queue had taken. */
const besideTheQueue = 2;

function toTaskList({ tasks, metrics, log }: WorkerOptions): TaskList {
  const entries = Object.entries(tasks).map(([name, task]) => {
    async function runTask(payload: unknown, helpers: { abortSignal: AbortSignal; job: { id: string } }) {
      const endTimer = metrics?.jobs.startTimer({ task: name });
      await withLogContext({ job: `${name} ${helpers.job.id}` }, async () => {
        try {
          await task(payload as JsonObject, { signal: helpers.abortSignal });
          endTimer?.({ outcome: "ok" });
        } catch (error) {
          endTimer?.({ outcome: "failed" });
          log.error({ err: error, task: name }, "a job failed and will come again");
          throw error;
        }
      });
    }
    return [name, runTask] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Makes the pool ignore it where a connection is given back a second time. The queue does so with the one that listens,
 * where it was told to end while LISTEN waited for the database and then failed (graphile-worker 0.18,
 * `listenForChanges`), and the error, which nobody hears, would end the process. It takes that one by a callback, and
 * no other; those that it awaits it gives back once, in a `finally`.
 */
function releaseOnlyOnce(pool: Pool): void {
  const connect = pool.connect.bind(pool);
  type Callback = Parameters<typeof connect>[0];
  function connectOnce(callback?: Callback): Promise<PoolClient> | void {
    if (!callback) return connect();
    connect((error, client, release) => {
      let isReleased = false;
      callback(error, client, (why) => {
        if (!isReleased) release(why);
        isReleased = true;
      });
    });
  }
  pool.connect = connectOnce as Pool["connect"];
}

/** `over` settles when the queue runs nothing any more, or has had its time to come to an end. */
type Queue = { id: string; runner: Runner; over: Promise<unknown>; pool: Pool };

/**
 * Each queue has connections of its own, which go with it: a broken one may still hold some, and after a few outages
 * the next would wait for them for ever.
 */
async function startQueue(options: WorkerOptions, tasks: TaskList, stopping: AbortSignal): Promise<Queue> {
  const { databaseUrl, concurrency, log } = options;
  const pool = createPool({
    url: databaseUrl,
    role: null,
    // One listens for new jobs as long as the queue runs. Jobs take one of the others only for the moments in which they
    // are fetched and finished; the queue wants one for each of them.
    size: Math.max(concurrency, fewestOfQueue),
    onError: (error) => log.warn({ err: error }, "the queue lost a connection to the database"),
  });
  releaseOnlyOnce(pool);
  try {
    return { ...(await runQueue(options, pool, tasks, stopping)), pool };
  } catch (error) {
    leave({ pool }, log);
    throw error;
  }
}

/** Ends what is left of a queue that has broken, and its connections, each as soon as nobody holds it. */
function leave({ runner, pool }: Pick<Queue, "pool"> & Partial<Queue>, log: Logger): void {
  runner?.stop().catch(() => undefined);
  pool.end().catch((error: unknown) => log.warn({ err: error }, "a broken queue's connections did not end"));
}

async function runQueue(
  options: WorkerOptions,
  pool: Pool,
  tasks: TaskList,
  stopping: AbortSignal,
): Promise<Omit<Queue, "pool">> {
  const { concurrency, log, pollMs = 500, abortAfterMs = 10_000 } = options;
  const events: WorkerEvents = new EventEmitter();
  const late = new AbortController();
  const { promise: stuck, resolve: stopWaiting } = Promise.withResolvers<void>();
  function giveUp(): void {
    late.abort();
    stopWaiting();
  }
  // Where jobs could not be settled twice, it waits for its own end for ever (graphile-worker 0.18, `batch`).
  events.once("pool:gracefulShutdown", () => setTimeout(giveUp, abortAfterMs + endsWithinMs).unref());
  // An outage in the moment in which it first asks for its tasks is answered for ever (`taskIdentifiers`).
  let failures = 0;
  events.on("worker:getJob:error", () => {
    failures += 1;
    if (failures === fetchFailures * concurrency) giveUp();
  });
  for (const event of ["worker:getJob:empty", "job:start"] as const) events.on(event, () => (failures = 0));
  const { promise: poolId, resolve } = Promise.withResolvers<string>();
  events.once("pool:create", ({ workerPool }) => resolve(workerPool.id));
  const runner = await run({
    pgPool: pool,
    taskList: tasks,
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: abortAfterMs,
    logger: queueLogger(log, () => stopping.aborted || late.signal.aborted),
    events,
    preset: {
      worker: {
        // No local queue: without a database it leaves a rejected promise to nobody, which ends the process.
        // Settled in batches, a job that a crash leaves unsettled runs again, which tasks allow for.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  const ended = runner.promise.catch((error: unknown) => log.error({ err: error }, "the job queue broke"));
  return { id: await poolId, runner, over: Promise.race([ended, stuck]) };
}

/** Runs jobs and sweeps until stopped. A queue that breaks (the database went away) is started again. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { databaseUrl, id, log, onDeadWorkers = async () => undefined } = options;
  const pool = createPool({
    url: databaseUrl,
    role: null,
    size: besideTheQueue,
    onError: (error) => log.warn({ err: error }, "the worker lost a connection to the database"),
  });
  const tasks = toTaskList(options);
  const stopping = new AbortController();
  const lookForDead = lookForDeadWorkers({ pool, ownId: id, onDead: onDeadWorkers, log });
  await lookForDead();
  const heartbeat = await startHeartbeat(pool, id, log);

  async function nextQueue(): Promise<Queue> {
    const started = await startQueue(options, tasks, stopping.signal);
    await heartbeat.runs(started.id);
    return started;
  }
  let queue = await nextQueue().catch(async (error: unknown) => {
    await heartbeat.stop();
    await pool.end();
    throw error;
  });

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      await queue.over;
      leave(queue, log);
      while (!stopping.signal.aborted) {
        await pause(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        try {
          // What the broken queue had taken nobody else would take for a minute.
          await pool.query("select graphile_worker.force_unlock_workers($1)", [[queue.id]]);
          queue = await nextQueue();
          break;
        } catch (error) {
          log.error({ err: error }, "the job queue could not be started again");
        }
      }
    }
  }
  const supervision = keepRunning();
  const sweeps = startSweeps(
    [
      ...options.sweeps,
      { name: "jobs.look_for_dead_workers", everyMs: lookForDeadEveryMs, run: lookForDead },
      { name: "jobs.free_orphans", everyMs: freeOrphansEveryMs, run: () => freeOrphanedJobs(pool, log) },
    ],
    log,
  );

  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([
        sweeps.stop(),
        Promise.race([
          queue.runner
            .stop()
            .catch((error: unknown) => log.warn({ err: error }, "the job queue had stopped")),
          queue.over,
        ]),
      ]);
      await supervision;
      // Nothing runs any more; what is still locked was only reserved.
      await pool
        .query("select graphile_worker.force_unlock_workers($1)", [[queue.id]])
        .catch((error: unknown) =>
          log.warn({ err: error }, "reserved jobs wait until another worker frees them"),
        );
      await heartbeat.stop();
      await pool.end();
    },
  };
}
