import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import { learnedMs } from "../model/claimed.store.ts";
import { thisMoment } from "../model/due.store.ts";
import type { NotBefore } from "../model/verdicts.ts";
import type { ChannelRef } from "../order/deliveries.store.ts";

/** A day: the longest that anything is held (a constraint of the table), and that a post is expected to stay invisible. */
const longestMs = 86_400_000;

/** Of `deliveries d`: it is due and goes on when a hold ends, waiting neither for a quota nor for its approval to stand. */
const isHeldBack = sql<boolean>`(d.state = 'scheduled' and d.due_at <= ${thisMoment}
  and coalesce(d.not_before <= ${thisMoment}, true) and d.error_code is distinct from 'delivery.quota')`;

/**
 * Nothing is sent to the account before `waitMs` have passed, a day at most, in whichever workspace it is connected.
 * Of two answers the one that asks for longer stands.
 */
export async function holdAccount(
  db: Kysely<Schema>,
  { workspaceId, channelId }: ChannelRef,
  { waitMs, reason, evidence }: NotBefore,
): Promise<void> {
  const boundedMs = Math.min(waitMs, longestMs);
  await sql`
    insert into delivery_holds as h (connector, account_id, since, until, reason, evidence)
    select c.connector, c.account_id, n.moment, n.moment + ${boundedMs}::float8 * interval '1 millisecond',
      ${reason}, ${evidence}
    from channels c cross join ${thisMoment} as n (moment)
    where c.workspace_id = ${workspaceId} and c.id = ${channelId}
    on conflict (connector, account_id) do update
    set since = excluded.since, until = excluded.until, reason = excluded.reason, evidence = excluded.evidence
    where h.until < excluded.until`.execute(db);
}

/** Ends the hold of a channel's account, in every workspace; null where nothing is held. */
export async function deleteHold(
  db: Kysely<Schema>,
  { workspaceId, channelId }: ChannelRef,
): Promise<{ connector: string; accountId: string; since: Date; until: Date } | null> {
  const { rows } = await sql<{ connector: string; accountId: string; since: Date; until: Date }>`
    delete from delivery_holds h using channels c
    where c.workspace_id = ${workspaceId} and c.id = ${channelId}
      and h.connector = c.connector and h.account_id = c.account_id and h.until > clock_timestamp()
    returning h.connector, h.account_id as "accountId", h.since, h.until`.execute(db);
  return rows[0] ?? null;
}

/** What was held back of an account goes on, one after the other. */
export async function wakeDue(
  db: Kysely<Schema>,
  { connector, accountId }: { connector: string; accountId: string },
): Promise<void> {
  await sql`
    with waiting as (
      select d.workspace_id, d.id, d.due_at from channels c
      join deliveries d on d.workspace_id = c.workspace_id and d.channel_id = c.id
      where c.connector = ${connector} and c.account_id = ${accountId}
        and ${isHeldBack} and d.wake_at > ${thisMoment}
      order by d.id
      for update of d),
    line as (select waiting.*, row_number() over (order by due_at, id) - 1 as place from waiting)
    update deliveries d
    set wake_at = clock_timestamp() + line.place * interval '1 second', updated_at = clock_timestamp(),
      error_code = null, error_message = null
    from line where d.workspace_id = line.workspace_id and d.id = line.id`.execute(db);
}

/** Remembers how long a post of this channel stayed invisible, capped at a day, where that is as long as is known. */
export async function learnWindow(
  db: Kysely<Schema>,
  { workspaceId, channelId }: ChannelRef,
  visibleAfterMs: number,
): Promise<void> {
  const seenMs = Math.min(Math.ceil(visibleAfterMs), longestMs);
  await sql`
    insert into delivery_windows as w (workspace_id, channel_id, visible_after_ms)
    values (${workspaceId}, ${channelId}, ${seenMs})
    on conflict (workspace_id, channel_id) do update
    set visible_after_ms = excluded.visible_after_ms, seen_at = clock_timestamp()
    where excluded.visible_after_ms >= ${learnedMs}`.execute(db);
}

/** Forgets what was learned; null where nothing was. */
export async function deleteWindow(db: Kysely<Schema>, { workspaceId, channelId }: ChannelRef) {
  const { rows } = await sql<{ visibleAfterMs: number }>`
    delete from delivery_windows w where w.workspace_id = ${workspaceId} and w.channel_id = ${channelId}
    returning ${learnedMs} as "visibleAfterMs"`.execute(db);
  return rows[0] ?? null;
}

/** What slows the posts of one channel; at least one of the two is not null. */
export type Slowed = {
  channelId: string;
  /** `waiting`: how many posts of the channel are due and wait for the end of it. */
  hold: { since: Date; until: Date; reason: string; evidence: string | null; waiting: number } | null;
  /** How late posts of the channel were seen to appear, as far as that still counts. */
  window: { visibleAfterMs: number; seenAt: Date } | null;
};

type Row = {
  channelId: string;
  since: Date | null;
  until: Date;
  reason: string;
  evidence: string | null;
  waiting: number;
  visibleAfterMs: number | null;
  seenAt: Date;
};

/** Less than this widens no window that a platform has. */
const leastShownMs = 1_000;

/** What slows the channels of a workspace, or one of them. `db` is the system's: holds belong to no workspace. */
export async function slowedChannels(
  db: Kysely<Schema>,
  workspaceId: string,
  channelId: string | null = null,
): Promise<Slowed[]> {
  const { rows } = await sql<Row>`
    select c.id as "channelId", h.since, h.until, h.reason, h.evidence,
      case when h.until is null then 0 else (
        select count(*)::integer from deliveries d
        where d.workspace_id = c.workspace_id and d.channel_id = c.id and ${isHeldBack}) end as waiting,
      l.ms as "visibleAfterMs", w.seen_at as "seenAt"
    from channels c
    left join delivery_holds h
      on h.connector = c.connector and h.account_id = c.account_id and h.until > clock_timestamp()
    left join delivery_windows w on w.workspace_id = c.workspace_id and w.channel_id = c.id
    left join lateral (select ${learnedMs} as ms) l on l.ms >= ${leastShownMs}
    where c.workspace_id = ${workspaceId} and (${channelId}::uuid is null or c.id = ${channelId}::uuid)
      and (h.until is not null or l.ms is not null)
    order by c.id`.execute(db);
  return rows.map(({ channelId: id, visibleAfterMs, seenAt, since, until, reason, evidence, waiting }) => ({
    channelId: id,
    hold: since === null ? null : { since, until, reason, evidence, waiting },
    window: visibleAfterMs === null ? null : { visibleAfterMs, seenAt },
  }));
}
