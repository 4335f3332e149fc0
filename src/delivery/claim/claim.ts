import type { Plan, RecipientAnswer } from "#connectors";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Doubt } from "../model/doubt.ts";
import type { Binding, FrozenContent } from "../order/order.ts";
import type { AttemptState } from "../model/state.ts";

/** A delivery that this process owns until its lease ends, as long as nobody moved the fence. */
export type Claimed = {
  workspaceId: string;
  id: string;
  postId: string;
  channelId: string;
  connector: string;
  content: FrozenContent;
  contentHash: string;
  binding: Binding;
  bindingHash: string;
  /** Where the approval said that it goes; null where it bound no fingerprint. */
  targetHash: string | null;
  dueAt: Date;
  fence: number;
  plan: Plan | null;
  itemHashes: string[] | null;
  tries: number;
  /** Of the last try, where it failed. */
  errorCode: string | null;
  /** Milliseconds until it counts as late, at the moment of the claim. */
  lateInMs: number;
  /** How long this channel's posts were seen to stay invisible; 0 where nothing was learned. */
  learnedMs: number;
  /** When this claim was made, by the database's clock. */
  claimedAt: Date;
  /** By item, then number. */
  attempts: AttemptRecord[];
};

export type AttemptRecord = {
  id: string;
  item: number;
  number: number;
  state: AttemptState;
  externalId: string | null;
  externalUrl: string | null;
  externalData: JsonObject | null;
  /** t_send by the clock of today, as ISO text: the earliest that it may be. */
  intentAt: string;
  /** By how much the clock was set forward since: so much more seems to have passed. */
  setForwardMs: number;
  /** After a lost history, or where a clock was set, `intentAt` may be far from t_send: nothing is learned from it. */
  isTimeUnsure?: boolean;
  windowMs: number;
  looks: number;
  /** When the last listing was asked for that did not hold it, as ISO text. */
  lookedAt: string | null;
  errorCode: string | null;
  /** What the last look that proved nothing has shown. */
  doubt: Doubt | null;
  refused: RecipientAnswer[];
  deferred: RecipientAnswer[];
};

/** Of `delivery_windows w`: what was seen, halved for each week in which nothing was seen to come so late. */
export const learnedMs = sql<number>`floor(w.visible_after_ms
  * power(0.5, greatest(0, extract(epoch from clock_timestamp() - w.seen_at) / 604800)))::float8`;

/** Of `deliveries d`. */
export const claimedColumns = sql`
  d.workspace_id as "workspaceId", d.id, d.post_id as "postId", d.channel_id as "channelId", d.connector,
  d.content, d.content_hash as "contentHash", d.approval_binding as binding, d.approval_hash as "bindingHash",
  d.target_hash as "targetHash",
  d.due_at as "dueAt", d.fence, d.plan, d.item_hashes as "itemHashes", d.tries, d.error_code as "errorCode",
  extract(epoch from d.late_after - clock_timestamp())::float8 * 1000 as "lateInMs",
  clock_timestamp() as "claimedAt",
  coalesce((
    select ${learnedMs} from delivery_windows w
    where w.workspace_id = d.workspace_id and w.channel_id = d.channel_id), 0) as "learnedMs",
  -- The first intent stores the plan: without one nothing was tried.
  case when d.plan is null then '[]' else coalesce((
    select jsonb_agg(jsonb_build_object('id', a.id, 'item', a.item, 'number', a.number, 'state', a.state,
      'externalId', a.external_id, 'externalUrl', a.external_url, 'externalData', a.external_data,
      'intentAt', a.intent_at + least(a.clock_step_ms, 0) * interval '1 millisecond',
      'setForwardMs', greatest(a.clock_step_ms, 0),
      'isTimeUnsure', a.clock_step_ms <> 0 or coalesce(a.error_code = 'delivery.restored', false), 'windowMs', a.window_ms, 'looks', a.looks,
      'lookedAt', a.looked_at, 'errorCode', a.error_code, 'doubt', a.doubt,
      'refused', a.refused, 'deferred', a.deferred) order by a.item, a.number)
    from delivery_attempts a where a.delivery_id = d.id), '[]') end as attempts`;

/** The expression of the index `deliveries_due`: null for what is not scheduled, and for what may be out already: that is looked for first. */
export const dueSince = sql`(case when d.state = 'scheduled' and d.look_since is null then d.wake_at end)`;

/**
 * The time of a statement, read once. A bare `clock_timestamp()` may change from row to row, so that no index ends at
 * it: a claim would read all that waits for tomorrow to find that nothing is due.
 */
export const thisMoment = sql`(select clock_timestamp())`;

/** By the index `deliveries_due`. */
export const isDue = sql`${dueSince} <= ${thisMoment}`;

/** Nobody has said "not now": neither the channel, nor its workspace, nor the platform to this account. */
export const maySend = sql`(select c.status = 'connected' and c.paused_at is null and w.paused_at is null
    and not exists (select from delivery_holds h
      where h.connector = c.connector and h.account_id = c.account_id and h.until > clock_timestamp())
  from channels c join workspaces w on w.id = c.workspace_id
  where c.workspace_id = d.workspace_id and c.id = d.channel_id)`;

/** Neither in quarantine nor older than this process knows it to be. Uncorrelated: judged once per statement. */
export function isCurrent(knownBeat = 0) {
  return sql`(select i.quarantined_at is null and i.beat >= ${knownBeat} from installation i)`;
}

export type ClaimOptions = {
  limit: number;
  leaseMs: number;
  /** The process that takes them; without it, only the end of the lease tells that it died. */
  claimant?: string | null;
  /** How far this process has seen the database come: one that is behind it was restored a moment ago. */
  knownBeat?: number;
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
 * and those that may not be sent now, are left for `tend`; those of connectors with quotas for
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
      and ${maySend} and ${isCurrent(options.knownBeat)}
    order by ${dueSince}, d.id
    limit ${options.limit}
    for update skip locked`;
  return claimRows(db, due, options);
}

/** Takes ambiguous deliveries whose next look is due, in the same way. */
export async function claimAmbiguous(
  db: Kysely<Schema>,
  options: Omit<ClaimOptions, "busyChannels">,
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    with due as (
      select workspace_id, id from deliveries
      where state = 'ambiguous' and wake_at <= ${thisMoment}
      order by wake_at
      limit ${options.limit}
      for update skip locked)
    update deliveries d
    set state = 'reconciling', claimed_by = ${options.claimant ?? null}, fence = d.fence + 1, updated_at = clock_timestamp(),
      lease_until = clock_timestamp() + ${options.leaseMs}::float8 * interval '1 millisecond',
      wake_at = clock_timestamp() + ${options.leaseMs}::float8 * interval '1 millisecond'
    from due where d.workspace_id = due.workspace_id and d.id = due.id
    returning ${claimedColumns}`.execute(db);
  return rows;
}
