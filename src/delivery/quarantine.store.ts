import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";
import { type Claimed, type ClaimOptions, claimRows } from "./claim.ts";

export type Installation = {
  epoch: string;
  beat: number;
  beatAt: Date;
  quarantinedAt: Date | null;
  reason: string | null;
  unknownSince: Date | null;
};

const columns = sql`epoch, beat, beat_at as "beatAt", quarantined_at as "quarantinedAt", quarantine_reason as reason,
  unknown_since as "unknownSince"`;

export async function readInstallation(db: Kysely<Schema>, lock = false): Promise<Installation> {
  const { rows } = await sql<Installation>`
    select ${columns} from installation ${lock ? sql`for update` : sql``}`.execute(db);
  const row = rows[0];
  if (row) return row;
  throw new TypeError("the installation's row is missing");
}

export async function writeBeat(db: Kysely<Schema>, beat: number): Promise<void> {
  await sql`update installation set beat = ${beat}, beat_at = clock_timestamp()`.execute(db);
}

export async function hasDeliveries(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql<{ some: boolean }>`select exists (select from deliveries) as some`.execute(db);
  return rows[0]?.some ?? false;
}

/**
 * Nothing is sent from this commit on. Attempts whose outcome was open in the backup may have been repeated
 * afterwards, so their windows begin now. A second call keeps the earlier moment.
 */
export async function enterQuarantine(
  db: Kysely<Schema>,
  { reason, since }: { reason: string; since: Date },
): Promise<void> {
  await sql`
    update installation set quarantined_at = coalesce(quarantined_at, clock_timestamp()),
      quarantine_reason = coalesce(quarantine_reason, ${reason}),
      unknown_since = least(unknown_since, ${since}::timestamptz, clock_timestamp())`.execute(db);
  await sql`
    update delivery_attempts a set settled_fence = d.fence,
      window_ms = least(a.window_ms + extract(epoch from clock_timestamp() - a.intent_at) * 1000, 2147483647)::integer
    from deliveries d
    where d.workspace_id = a.workspace_id and d.id = a.delivery_id and a.state in ('open', 'ambiguous')`.execute(
    db,
  );
}

/** Due in or before the quarantine, not sent as far as this database knows, and not looked for yet. */
const unchecked = sql`
  d.state = 'scheduled' and d.due_at <= i.quarantined_at and coalesce(d.not_before <= clock_timestamp(), true)
  and not exists (
    select from delivery_attempts a
    where a.delivery_id = d.id and a.state = 'absent_proven' and a.settled_at >= i.quarantined_at)`;

/**
 * Takes deliveries to look for, whatever their channel's pause says: nothing of them is sent. Who waits to release
 * the quarantine waits for the last of them, so none pauses long between two tries.
 */
export function claimUnchecked(
  db: Kysely<Schema>,
  options: { limit: number } & Pick<ClaimOptions, "leaseMs" | "claimant">,
): Promise<Claimed[]> {
  const due = sql`
    select d.workspace_id, d.id from deliveries d cross join installation i
    where ${unchecked} and (d.error_code is distinct from 'delivery.restored'
      or least(d.wake_at, d.updated_at + interval '5 seconds') <= clock_timestamp())
    order by d.due_at limit ${options.limit} for update of d skip locked`;
  return claimRows(db, due, options);
}

export type Progress = { unchecked: number; reading: number; asking: number };

/** How far the looking has come; `asking` waits for people. */
export async function quarantineProgress(db: Kysely<Schema>): Promise<Progress> {
  const { rows } = await sql<Progress>`
    select
      (select count(*)::integer from deliveries d cross join installation i where ${unchecked}) as unchecked,
      count(*) filter (where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling'))::integer as reading,
      count(*) filter (where state = 'needs_human')::integer as asking
    from deliveries where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')`.execute(
    db,
  );
  return rows[0] ?? { unchecked: 0, reading: 0, asking: 0 };
}

export async function leaveQuarantine(db: Kysely<Schema>): Promise<void> {
  await sql`
    update installation set quarantined_at = null, quarantine_reason = null, unknown_since = null`.execute(
    db,
  );
}

export type LookFor = {
  claimed: Claimed;
  attemptId: string;
  item: number;
  number: number;
  kind: string;
  plan: unknown;
  itemHashes: string[];
  deadlineMs: number;
  windowMs: number;
};

/**
 * Records that an item may have been sent at some time since the backup: an attempt as of then, whose window
 * begins now. False: the fence has moved.
 */
export async function writeLookFor(transaction: Kysely<Schema>, look: LookFor): Promise<boolean> {
  const { claimed } = look;
  const { rows } = await sql<{ id: string }>`
    update deliveries d
    set state = 'in_flight', updated_at = clock_timestamp(),
      plan = coalesce(d.plan, ${JSON.stringify(look.plan)}::jsonb),
      item_hashes = coalesce(d.item_hashes, ${look.itemHashes}::text[]),
      item_count = coalesce(d.item_count, ${look.itemHashes.length}::integer)
    where d.workspace_id = ${claimed.workspaceId} and d.id = ${claimed.id} and d.fence = ${claimed.fence}
      and d.state = 'claimed' and d.lease_until > clock_timestamp()
    returning d.id`.execute(transaction);
  if (rows.length === 0) return false;
  await sql`
    insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence, payload_hash,
      intent_at, deadline_at, window_ms)
    select ${claimed.workspaceId}, ${look.attemptId}, ${claimed.id}, ${look.item}, ${look.number}, ${look.kind},
      ${claimed.channelId}, ${claimed.fence}, ${look.itemHashes[look.item] ?? ""}, i.unknown_since,
      i.unknown_since + ${look.deadlineMs}::float8 * interval '1 millisecond',
      least(${look.windowMs} + extract(epoch from clock_timestamp() - i.unknown_since) * 1000, 2147483647)::integer
    from installation i where i.quarantined_at is not null`.execute(transaction);
  return true;
}
