import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";

/** What the database's clock shows, and the newest step of it that anybody has noticed. */
export type ClockReading = { at: Date; newestStep: number };

export async function readClock(db: Kysely<Schema>): Promise<ClockReading> {
  const { rows } = await sql<ClockReading>`
    select clock_timestamp() as at, coalesce((select max(id) from clock_steps), 0) as "newestStep"`.execute(
    db,
  );
  const [reading] = rows;
  if (reading) return reading;
  throw new TypeError("the database did not tell the time");
}

/** By how much the clock was set in the steps that came after this one, and the newest of all. */
export async function stepsAfter(
  db: Kysely<Schema>,
  step: number,
): Promise<{ byMs: number; newestStep: number }> {
  const { rows } = await sql<{ byMs: number; newestStep: number }>`
    select coalesce(sum(by_ms), 0)::bigint as "byMs", coalesce(max(id), ${step}) as "newestStep"
    from clock_steps where id > ${step}`.execute(db);
  return rows[0] ?? { byMs: 0, newestStep: step };
}

/** A clock that was set by `byMs` milliseconds, below zero: back; until then it showed `oldUntil` at most. */
export type Step = { byMs: number; oldUntil: Date };

export async function insertStep(db: Kysely<Schema>, { byMs }: Step): Promise<number> {
  const { id } = await db
    .insertInto("clock_steps")
    .values({ by_ms: Math.round(byMs) })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/**
 * Tells attempts of which nothing is known that the clock was set since their intent. One that was written by the new
 * clock, before anybody noticed, is told too where it cannot be told apart: its window is longer then, or its t_send
 * earlier, and both only make a proof harder.
 */
export async function shiftAttempts(db: Kysely<Schema>, { byMs, oldUntil }: Step): Promise<void> {
  // The deliveries first, as whoever settles takes them, so that no fence moves meanwhile.
  await sql`
    with held as materialized (
      select workspace_id, id, fence from deliveries
      where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')
      order by id
      for update)
    update delivery_attempts a
    set clock_step_ms = a.clock_step_ms + ${Math.round(byMs)}, settled_fence = held.fence
    from held
    where a.workspace_id = held.workspace_id and a.delivery_id = held.id and a.state in ('open', 'ambiguous')
      and (${byMs < 0} or a.intent_at <= ${oldUntil})`.execute(db);
}

/**
 * Leases end when they would have. Where the two clocks cannot be told apart they end earlier than `longestLeaseMs`:
 * no lease is longer, so one that ends later was written by the old clock.
 */
export async function shiftLeases(db: Kysely<Schema>, { byMs }: Step, longestLeaseMs: number): Promise<void> {
  const forward = sql`${Math.max(0, byMs)}::float8 * interval '1 millisecond'`;
  const latest = sql`clock_timestamp() + ${longestLeaseMs}::float8 * interval '1 millisecond'`;
  await sql`
    update deliveries
    set lease_until = least(lease_until + ${forward}, ${latest}), wake_at = least(wake_at + ${forward}, ${latest})
    where state in ('claimed', 'in_flight', 'reconciling')`.execute(db);
}

/** A clock that was set back makes every wait longer by as much: the next look, the next try and the end of a hold come as they would have. */
export async function pullWaits(db: Kysely<Schema>, { byMs }: Step): Promise<void> {
  const back = sql`${byMs}::float8 * interval '1 millisecond'`;
  await sql`
    update deliveries
    set wake_at = case when state = 'ambiguous' then wake_at + ${back}
      -- A time that people chose stays.
      else greatest(wake_at + ${back}, due_at, not_before) end
    where wake_at > clock_timestamp()
      and (state = 'ambiguous' or state = 'scheduled' and wake_at > greatest(due_at, not_before))`.execute(
    db,
  );
  await sql`update delivery_holds set until = until + ${back} where until > clock_timestamp()`.execute(db);
}
