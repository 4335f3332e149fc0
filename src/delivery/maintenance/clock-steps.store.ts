import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";

/** The newest step of the database's clock that anybody has noticed. */
export async function newestStep(db: Kysely<Schema>): Promise<number> {
  const { newest } = await db
    .selectFrom("clock_steps")
    .select(sql<number>`coalesce(max(id), 0)`.as("newest"))
    .executeTakeFirstOrThrow();
  return newest;
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

const milliseconds = (ms: number) => sql`${ms}::float8 * interval '1 millisecond'`;

export async function insertStep(db: Kysely<Schema>, { byMs }: Step): Promise<number> {
  const { id } = await db
    .insertInto("clock_steps")
    .values({ by_ms: Math.round(byMs) })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** The longest that any call on its way was given, from its intent to its deadline; 0 where none is. */
export async function longestDeadlineMs(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select coalesce(max(extract(epoch from a.deadline_at - a.intent_at)), 0)::float8 * 1000 as ms
    from deliveries d
    join delivery_attempts a on a.workspace_id = d.workspace_id and a.delivery_id = d.id
    where d.state = 'in_flight' and a.state = 'open'`.execute(db);
  return rows[0]?.ms ?? 0;
}

/** A clock that was set back makes a platform's "not before" longer by as much. It ends as it would have, and began so. */
export async function pullHolds(db: Kysely<Schema>, { byMs }: Step): Promise<void> {
  const back = milliseconds(byMs);
  await sql`
    with held as materialized (
      select connector, account_id from delivery_holds
      where until > clock_timestamp()
      order by connector, account_id
      for update)
    update delivery_holds h set since = h.since + ${back}, until = h.until + ${back}
    from held where h.connector = held.connector and h.account_id = held.account_id`.execute(db);
}

/**
 * Locks the deliveries that a step concerns, as whoever settles takes them: in the order of their ids, and before
 * their attempts, so that no fence moves meanwhile. What is claimed later is so by the new clock.
 */
export async function lockDeliveries(db: Kysely<Schema>, { byMs }: Step): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from deliveries
    where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')
      -- A time that people chose stays.
      or ${byMs < 0} and state = 'scheduled' and wake_at > clock_timestamp() and wake_at > greatest(due_at, not_before)
    order by id
    for update`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Tells attempts of which nothing is known that the clock was set since their intent. One that was written by the new
 * clock, before anybody noticed, is told too where it cannot be told apart: its window is longer then, or its t_send
 * earlier, and both only make a proof harder.
 */
export async function shiftAttempts(
  db: Kysely<Schema>,
  { byMs, oldUntil }: Step,
  deliveryIds: readonly string[],
): Promise<void> {
  await sql`
    update delivery_attempts a
    set clock_step_ms = a.clock_step_ms + ${Math.round(byMs)}, settled_fence = d.fence
    from deliveries d
    where d.id = any(${deliveryIds}::uuid[])
      and a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state in ('open', 'ambiguous')
      and (${byMs < 0} or a.intent_at <= ${oldUntil})`.execute(db);
}

/**
 * Leases end when they would have. Where the two clocks cannot be told apart they end earlier than the longest that
 * there is: one that ends later was written by the old clock.
 */
const shiftedLease = ({ byMs }: Step, longestLeaseMs: number) =>
  sql`case when lease_until is not null then
    least(lease_until + ${milliseconds(Math.max(0, byMs))}, clock_timestamp() + ${milliseconds(longestLeaseMs)}) end`;

/** A clock that was set back makes every wait longer by as much; the next look and the next try come as they would have. */
export async function shiftDeliveries(
  db: Kysely<Schema>,
  step: Step,
  { deliveryIds, longestLeaseMs }: { deliveryIds: readonly string[]; longestLeaseMs: number },
): Promise<void> {
  const ours = sql`id = any(${deliveryIds}::uuid[])`;
  const lease = shiftedLease(step, longestLeaseMs);
  await sql`
    update deliveries set lease_until = ${lease}, wake_at = ${lease}
    where ${ours} and state in ('claimed', 'in_flight', 'reconciling')`.execute(db);
  if (step.byMs > 0) return;
  const pulled = sql`wake_at + ${milliseconds(step.byMs)}`;
  await sql`
    update deliveries
    set wake_at = case when state = 'ambiguous' then ${pulled} else greatest(${pulled}, due_at, not_before) end
    where ${ours} and state in ('ambiguous', 'scheduled') and wake_at > clock_timestamp()`.execute(db);
}

/**
 * The same for later looks and preparations. A row that is locked is being written, by the new clock: it stays, and
 * nobody waits for anybody.
 */
export async function shiftAside(db: Kysely<Schema>, step: Step, longestLeaseMs: number): Promise<void> {
  const lease = shiftedLease(step, longestLeaseMs);
  const back = milliseconds(Math.min(0, step.byMs));
  await sql`
    with open as materialized (
      select delivery_id, item, number, turn from delivery_later_looks
      where done_at is null
      for update skip locked)
    update delivery_later_looks l
    set lease_until = ${lease}, due_at = case when due_at > clock_timestamp() then due_at + ${back} else due_at end
    from open
    where (l.delivery_id, l.item, l.number, l.turn) = (open.delivery_id, open.item, open.number, open.turn)`.execute(
    db,
  );
  await sql`
    with open as materialized (
      select workspace_id, delivery_id from delivery_preparations
      where lease_until is not null or try_after > clock_timestamp()
      for update skip locked)
    update delivery_preparations p
    set lease_until = ${lease},
      try_after = case when try_after > clock_timestamp() then try_after + ${back} else try_after end
    from open where p.workspace_id = open.workspace_id and p.delivery_id = open.delivery_id`.execute(db);
}
