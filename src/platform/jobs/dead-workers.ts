import type { Pool } from "pg";
import type { Logger } from "#platform/telemetry";
import { lifeLock } from "./heartbeat.ts";

/** Without its lock in two looks so far apart a worker is dead: a living one would have a new session by then. */
const lockMissedMs = 900;
/** So long without a beat it is dead although its session seems to stand: its host fell silent, or the process stands still. */
const silentSeconds = 20;
/** A lock of the queue without any heartbeat row, from a worker that died before its first beat. */
const orphanAfterSeconds = 60;

export type DeadWorkersOptions = {
  pool: Pool;
  /** The worker that looks; it never judges itself. */
  ownId: string;
  /** Sets free what they held elsewhere. Where it throws, they are found again. */
  onDead: (ids: string[]) => Promise<void>;
  log: Logger;
};

/**
 * Makes a look for workers that died, to be repeated: it sets free what they had locked in the queue, which alone
 * would wait four hours. Should a worker that only seemed dead finish its job after all, the job has run twice,
 * which every task allows for.
 */
export function lookForDeadWorkers({ pool, ownId, onDead, log }: DeadWorkersOptions): () => Promise<void> {
  /** Since when their lock is seen to be free. */
  let missing = new Map<string, number>();

  async function findDead(): Promise<{ id: string; queueId: string | null }[]> {
    const { rows } = await pool.query<{
      id: string;
      queueId: string | null;
      isSilent: boolean;
      isFree: boolean;
    }>(
      `select id, queue_id as "queueId", beat_at < now() - make_interval(secs => $1) as "isSilent",
         pg_try_advisory_xact_lock($2, hashtext(id)) as "isFree"
       from worker_heartbeats where id <> $3`,
      [silentSeconds, lifeLock, ownId],
    );
    const now = performance.now();
    const free = rows.filter(({ isFree }) => isFree);
    missing = new Map(free.map(({ id }) => [id, missing.get(id) ?? now]));
    return rows.filter(({ id, isSilent }) => isSilent || now - (missing.get(id) ?? now) >= lockMissedMs);
  }

  return async () => {
    const dead = await findDead();
    if (dead.length === 0) return;
    const ids = dead.map(({ id }) => id);
    await unlock(
      pool,
      dead.flatMap(({ queueId }) => (queueId === null ? [] : [queueId])),
    );
    await onDead(ids);
    await pool.query("delete from worker_heartbeats where id = any($1)", [ids]);
    log.warn({ workers: ids }, "freed what workers that died had taken");
  };
}

/** Sets free jobs of workers that died before they wrote down which queue they run. It reads all jobs: seldom. */
export async function freeOrphanedJobs(pool: Pool, log: Logger): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `select distinct locked_by as id from graphile_worker._private_jobs
     where locked_at < now() - make_interval(secs => $1)
       and not exists (select from worker_heartbeats where queue_id = locked_by)`,
    [orphanAfterSeconds],
  );
  if (rows.length === 0) return;
  const queues = rows.map(({ id }) => id);
  await unlock(pool, queues);
  log.warn({ queues }, "freed jobs that nobody runs");
}

async function unlock(pool: Pool, queues: string[]): Promise<void> {
  if (queues.length > 0) await pool.query("select graphile_worker.force_unlock_workers($1)", [queues]);
}
