import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "#platform/db";
import { claimedColumns } from "../model/claimed.store.ts";
import type { Claimed } from "../model/claimed.ts";
import { dueSince, isCurrent, isDue, maySend, thisMoment } from "../model/due.store.ts";

export type ClaimOptions = {
  limit: number;
  leaseMs: number;
  /** The process that takes them; without it, only the end of the lease tells that it died. */
  claimant?: string | null;
  /** How far this process has seen the database come: one that is behind it was restored a moment ago. */
  lastEpoch?: number;
  /** Channels that have enough on their way in this process already. */
  busyChannels: string[];
};

/** Lease and next fence for what `due` selects (workspace_id, id), in one statement. */
export async function claimRows(
  db: Kysely<Schema>,
  due: RawBuilder<unknown>,
  { leaseMs, claimant = null }: Pick<ClaimOptions, "leaseMs" | "claimant">,
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    with due as (${due})
    update deliveries d
    set state = 'claimed', claimed_by = ${claimant}, fence = d.fence + 1, updated_at = clock_timestamp(),
      lease_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond',
      wake_at = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
    from due where d.workspace_id = due.workspace_id and d.id = due.id
    returning ${claimedColumns}`.execute(db);
  return rows;
}

/**
 * Takes due deliveries, the longest due first. Rows that another worker is taking are skipped. Late ones,
 * and those that may not be sent now, are left for maintenance; those of connectors with quotas for
 * `claimWithinQuotas`.
 */
export async function claimDue(
  db: Kysely<Schema>,
  options: ClaimOptions & { exceptConnectors?: readonly string[] },
): Promise<Claimed[]> {
  if (options.limit <= 0) return [];
  // No join: the rows are to be read in the order of the index, and no more of them than the limit.
  const due = sql`
    select d.workspace_id, d.id from deliveries d
    where ${isDue} and d.late_after > clock_timestamp()
      and d.channel_id <> all(${options.busyChannels}::uuid[])
      and d.connector <> all(${options.exceptConnectors ?? []}::text[])
      and ${maySend} and ${isCurrent(options.lastEpoch)}
    order by ${dueSince}, d.id
    limit ${options.limit}
    for update skip locked`;
  return claimRows(db, due, options);
}

/** More are not remembered. */
const mostWatchers = 50;

/** Takes ambiguous deliveries whose next look is due, in the same way. */
export async function claimAmbiguous(
  db: Kysely<Schema>,
  options: Omit<ClaimOptions, "busyChannels">,
): Promise<Claimed[]> {
  const claimant = options.claimant ?? null;
  const { rows } = await sql<Claimed>`
    with due as (
      select workspace_id, id from deliveries
      where state = 'ambiguous' and wake_at <= ${thisMoment}
      order by wake_at
      limit ${options.limit}
      for update skip locked)
    update deliveries d
    set state = 'reconciling', claimed_by = ${claimant}, fence = d.fence + 1, updated_at = clock_timestamp(),
      lease_until = clock_timestamp() + ${options.leaseMs}::float8 * interval '1 millisecond',
      wake_at = clock_timestamp() + ${options.leaseMs}::float8 * interval '1 millisecond',
      watched_by = case
        when ${claimant}::text is null or ${claimant}::text = any(d.watched_by) or cardinality(d.watched_by) >= ${mostWatchers}
          then d.watched_by
        else d.watched_by || ${claimant}::text end
    from due where d.workspace_id = due.workspace_id and d.id = due.id
    returning ${claimedColumns}`.execute(db);
  return rows;
}
