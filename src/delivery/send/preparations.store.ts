import { type Kysely, sql } from "kysely";
import type { Plan } from "#connectors";
import type { Schema } from "#platform/db";
import type { ClaimOptions } from "../claim/claim.store.ts";
import { claimedColumns } from "../model/claimed.store.ts";
import type { Claimed } from "../model/claimed.ts";
import { isCurrent, maySend, thisMoment } from "../model/due.store.ts";

/** A delivery that stays scheduled, while this process prepares it under a lease of the preparation's own. */
export type Preparing = Claimed & { preparation: number };

/** Platforms keep what is uploaded and not yet published for a day, some for less. */
const keptFor = sql`interval '3 hours'`;
const mostTries = 3;

/** Of `channels c`: uploads belong to the app that made them. */
const app = sql`coalesce(c.app_identity, c.app_id::text, '')`;

/** Of `delivery_preparations p`, `deliveries d` and `channels c`. */
const isUsable = sql`(p.plan is not null and p.due_at = d.due_at and p.app = ${app}
  and p.prepared_at > clock_timestamp() - ${keptFor})`;

const leaseFor = (leaseMs: number) => sql`clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'`;

/** Takes approved deliveries that are slow to prepare and come due within `aheadMs`, the first due first. */
export async function claimPreparations(
  db: Kysely<Schema>,
  options: ClaimOptions & { aheadMs: number },
): Promise<Preparing[]> {
  const { rows } = await sql<Preparing>`
    with soon as (
      select d.workspace_id, d.id, d.due_at, ${app} as app
      from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
      where d.state = 'scheduled' and d.slow_to_prepare and d.plan is null and d.wake_at > ${thisMoment}
        and d.wake_at <= (select ${leaseFor(options.aheadMs)}) and d.channel_id <> all(${options.busyChannels}::uuid[])
        and coalesce(d.not_before <= clock_timestamp(), true) and d.look_since is null
        and ${maySend} and ${isCurrent(options.lastEpoch)}
        and not exists (select from delivery_preparations p
          where p.workspace_id = d.workspace_id and p.delivery_id = d.id
            and (p.lease_until > clock_timestamp() or p.try_after > clock_timestamp()
              or p.tries >= ${mostTries} or ${isUsable}))
      order by d.wake_at
      limit ${options.limit}),
    mine as (
      insert into delivery_preparations as p (workspace_id, delivery_id, due_at, app, lease_until)
      select workspace_id, id, due_at, app, ${leaseFor(options.leaseMs)} from soon
      on conflict (workspace_id, delivery_id) do update
      set fence = p.fence + 1, lease_until = excluded.lease_until, due_at = excluded.due_at, app = excluded.app,
        plan = null, prepared_at = null
      -- Another worker may have been faster since it was looked at.
      where p.lease_until is null or p.lease_until <= clock_timestamp()
      returning p.workspace_id, p.delivery_id, p.fence)
    select ${claimedColumns}, mine.fence as preparation
    from mine join deliveries d on d.workspace_id = mine.workspace_id and d.id = mine.delivery_id`.execute(
    db,
  );
  return rows;
}

const isMine = ({ workspaceId, id, preparation }: Preparing) =>
  sql`p.workspace_id = ${workspaceId} and p.delivery_id = ${id} and p.fence = ${preparation}`;

/** False: it is another's, or the delivery was cancelled, moved or given another plan; prepare no further. */
export async function renewPreparation(
  db: Kysely<Schema>,
  preparing: Preparing,
  leaseMs: number,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update delivery_preparations p set lease_until = ${leaseFor(leaseMs)}
    from deliveries d
    where ${isMine(preparing)} and p.lease_until > clock_timestamp()
      and d.workspace_id = p.workspace_id and d.id = p.delivery_id
      and d.state in ('scheduled', 'claimed') and d.plan is null and d.due_at = p.due_at
    returning p.delivery_id as id`.execute(db);
  return rows.length > 0;
}

/** Keeps what was prepared for the publisher; nothing where it is another's by now. */
export async function keepPreparation(db: Kysely<Schema>, preparing: Preparing, plan: Plan): Promise<void> {
  await sql`
    update delivery_preparations p
    set plan = ${JSON.stringify(plan)}::jsonb, prepared_at = clock_timestamp(), lease_until = null
    where ${isMine(preparing)}`.execute(db);
}

/** Sets it free: at once where this process stops, after a while where it failed. */
export async function endPreparation(
  db: Kysely<Schema>,
  preparing: Preparing,
  failed: boolean,
): Promise<void> {
  await sql`
    update delivery_preparations p
    set lease_until = null, tries = p.tries + ${failed ? 1 : 0}::integer,
      try_after = clock_timestamp() + ${failed ? 1 : 0}::integer * (p.tries + 1) * interval '1 minute'
    where ${isMine(preparing)}`.execute(db);
}

/** What was prepared for a delivery that is claimed now: its plan, `preparing` while somebody is at it, or null. */
export async function findPreparation(
  db: Kysely<Schema>,
  { workspaceId, id }: Pick<Claimed, "workspaceId" | "id">,
): Promise<Plan | "preparing" | null> {
  const { rows } = await sql<{ plan: Plan | null; preparing: boolean }>`
    select case when ${isUsable} then p.plan end as plan,
      coalesce(p.lease_until > clock_timestamp(), false) as preparing
    from delivery_preparations p
    join deliveries d on d.workspace_id = p.workspace_id and d.id = p.delivery_id
    join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
    where p.workspace_id = ${workspaceId} and p.delivery_id = ${id}`.execute(db);
  const [found] = rows;
  return found?.plan ?? (found?.preparing ? "preparing" : null);
}

/** Forgets what no publisher will ask for any more. */
export async function forgetPreparations(db: Kysely<Schema>): Promise<void> {
  await sql`
    delete from delivery_preparations p using deliveries d
    where d.workspace_id = p.workspace_id and d.id = p.delivery_id
      and (d.plan is not null or d.state not in ('scheduled', 'claimed'))
      and (p.lease_until is null or p.lease_until <= clock_timestamp())`.execute(db);
}
