import type { Logger } from "#platform/telemetry";
import { hostname } from "node:os";
import type { Pool } from "pg";

/** A worker says this often that it lives; after several missed beats its jobs are set free. */
const beatEveryMs = 3000;
const deadAfterSeconds = 20;
/** A lock without any heartbeat row, from a worker that died before its first beat. */
const orphanAfterSeconds = 60;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Worker rows of this host whose process is gone; known at once, without waiting for missed beats. */
async function deadOnThisHost(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; pid: number }>(
    "select id, pid from worker_heartbeats where host = $1 and beat_at < now() - make_interval(secs => $2)",
    [hostname(), beatEveryMs / 1000],
  );
  return rows.filter((row) => !isRunning(row.pid)).map((row) => row.id);
}

/**
 * Sets free what dead workers had locked: graphile-worker alone would wait four hours. Should a worker
 * that only seemed dead finish its job after all, the job has run twice, which every task allows for.
 */
export async function freeDeadWorkers(pool: Pool, log: Logger): Promise<void> {
  const dead = await deadOnThisHost(pool);
  const { rows } = await pool.query<{ id: string }>(
    `select id from worker_heartbeats where beat_at < now() - make_interval(secs => $1)
     union
     select distinct locked_by from graphile_worker._private_jobs
     where locked_at < now() - make_interval(secs => $2)
       and not exists (select from worker_heartbeats where id = locked_by)`,
    [deadAfterSeconds, orphanAfterSeconds],
  );
  const ids = [...new Set([...dead, ...rows.map((row) => row.id)])];
  if (ids.length === 0) return;
  await pool.query("select graphile_worker.force_unlock_workers($1)", [ids]);
  await pool.query("delete from worker_heartbeats where id = any($1)", [ids]);
  log.warn({ workers: ids }, "freed the jobs of workers that died");
}

export type Heartbeat = { stop(): Promise<void> };

/** Writes the row of worker `id` and keeps it fresh until stopped, which removes it. */
export async function startHeartbeat(pool: Pool, id: string, log: Logger): Promise<Heartbeat> {
  async function beat(): Promise<void> {
    await pool.query(
      `insert into worker_heartbeats (id, host, pid) values ($1, $2, $3)
       on conflict (id) do update set beat_at = now()`,
      [id, hostname(), process.pid],
    );
  }
  await beat();
  let last = Promise.resolve();
  let isBeating = false;
  const timer = setInterval(() => {
    if (isBeating) return;
    isBeating = true;
    last = beat()
      .catch((error: unknown) => log.warn({ err: error }, "the worker's heartbeat could not be written"))
      .finally(() => {
        isBeating = false;
      });
  }, beatEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await last;
      await pool.query("delete from worker_heartbeats where id = $1", [id]).catch(() => undefined);
    },
  };
}
