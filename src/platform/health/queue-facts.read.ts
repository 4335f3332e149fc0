import { sql } from "kysely";
import type { Database } from "#platform/db";
import { manyTries } from "#platform/events";

/** What one look at the database tells of it, its queue and its workers. */
export type QueueFacts = {
  /** The database's own clock, milliseconds since 1970. */
  at: number;
  fsync: boolean;
  workers: number;
  beat_age: number | null;
  due: number;
  due_age: number | null;
  waiting: number;
  given_up: number;
  quarantined: boolean;
  /** Workspaces (and the installation) with events that somebody has yet to handle. */
  events_open: number;
  /** Events whose handling has failed so often that it is an error. */
  events_failing: number;
};

export async function queueFacts({ system }: Database): Promise<QueueFacts> {
  const { rows } = await sql<QueueFacts>`
    select current_setting('fsync')::boolean as fsync,
      extract(epoch from clock_timestamp())::float8 * 1000 as at,
      (select count(*) from worker_heartbeats) as workers,
      (select extract(epoch from now() - max(beat_at))::float8 from worker_heartbeats) as beat_age,
      (select quarantined_at is not null from installation) as quarantined,
      (select count(*) from event_heads where settled_sequence < sequence) as events_open,
      (select count(*) from event_cursors where tries >= ${manyTries})
        + (select count(*) from event_failures where tries >= ${manyTries}) as events_failing,
      due, extract(epoch from now() - oldest_due_at)::float8 as due_age, waiting, given_up
    from job_queue_state()`.execute(system);
  const facts = rows[0];
  if (!facts) throw new Error("the database gave no answer");
  return facts;
}
