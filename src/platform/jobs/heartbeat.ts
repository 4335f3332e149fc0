import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";
import type { Logger } from "#platform/telemetry";

/** A worker says this often that it lives. */
const beatEveryMs = 3_000;
/** A session that broke is replaced this soon, before another worker has looked twice. */
const reopenAfterMs = 250;

/** First half of the key of the advisory lock that a worker's session holds while it lives; its id is the other. */
export const lifeLock = 0x6c_69_66_65;

export type Heartbeat = {
  /** Writes down which queue this worker runs, so that others can free its jobs; at the latest with the next beat. */
  runs(queueId: string): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Keeps the row of worker `id` fresh until stopped, which removes it, and a session that holds its lock. The lock
 * ends with the process, however that ends; a row alone says so only when it has been silent for long.
 */
export async function startHeartbeat(pool: Pool, id: string, log: Logger): Promise<Heartbeat> {
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  let queue: string | null = null;

  async function beat(database: Pick<Pool, "query">): Promise<void> {
    await database.query(
      `insert into worker_heartbeats (id, host, pid, queue_id) values ($1, $2, $3, $4)
       on conflict (id) do update set beat_at = now(), queue_id = excluded.queue_id`,
      [id, hostname(), process.pid, queue],
    );
  }

  function warn(error: unknown): void {
    log.warn({ err: error }, "the worker's heartbeat could not be written");
  }

  async function holdSession(): Promise<void> {
    const session = await pool.connect();
    const broken = new AbortController();
    session.once("error", () => broken.abort()).once("end", () => broken.abort());
    const over = AbortSignal.any([stopping.signal, broken.signal]);
    try {
      // Shared, so that a former session that the server has not missed yet is not in the way.
      await session.query("select pg_advisory_lock_shared($1, hashtext($2))", [lifeLock, id]);
      while (!over.aborted) {
        await beat(session);
        first.resolve();
        await pause(beatEveryMs, undefined, { signal: over }).catch(() => undefined);
      }
    } finally {
      session.release(true);
    }
  }

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await holdSession();
      } catch (error) {
        warn(error);
        first.reject(error);
      }
      await pause(reopenAfterMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const living = live();
  async function end(): Promise<void> {
    stopping.abort();
    await living;
  }
  await first.promise.catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    runs: async (queueId) => {
      queue = queueId;
      await beat(pool).catch(warn);
    },
    stop: async () => {
      await end();
      await pool.query("delete from worker_heartbeats where id = $1", [id]).catch(() => undefined);
    },
  };
}
