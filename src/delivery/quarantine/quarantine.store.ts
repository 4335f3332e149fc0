import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import { type ClaimOptions, claimRows } from "../claim/claim.store.ts";
import { learnedMs } from "../model/claimed.store.ts";
import type { Claimed } from "../model/claimed.ts";
import { idTaken, noAccess, restored } from "../model/codes.ts";
import { thisMoment } from "../model/due.store.ts";
import type { Installation, ServerHistory } from "./history.ts";

/** The installation's row, and what its server says of itself in the same moment. */
export type InstallationNow = {
  row: Installation;
  now: ServerHistory;
  silentMs: number;
  quarantinedAt: Date | null;
  reason: string | null;
  unknownSince: Date | null;
  mayRunTwice: boolean;
};

/** The column `epoch` tells the database apart, and `beat` counts its epochs. */
type InstallationRow = Pick<Installation, "server" | "timeline"> &
  Omit<InstallationNow, "row" | "now"> & {
    epoch: string;
    beat: number;
    beatAt: Date;
    serverNow: string | null;
    timelineNow: string | null;
    position: number | null;
  };

export async function readInstallation(db: Kysely<Schema>, lock = false): Promise<InstallationNow> {
  const { rows } = await sql<InstallationRow>`
    select i.epoch, i.beat, i.beat_at as "beatAt", i.server, i.timeline, i.quarantined_at as "quarantinedAt",
      i.quarantine_reason as reason, i.unknown_since as "unknownSince", i.may_run_twice as "mayRunTwice",
      extract(epoch from clock_timestamp() - i.beat_at)::float8 * 1000 as "silentMs",
      h.server as "serverNow", h.timeline as "timelineNow", wal_position() as position
    from installation i, server_history() h ${lock ? sql`for update of i` : sql``}`.execute(db);
  const found = rows[0];
  if (!found) throw new TypeError("the installation's row is missing");
  const { epoch, beat, beatAt, server, timeline, serverNow, timelineNow, position, ...rest } = found;
  return {
    ...rest,
    row: { databaseId: epoch, epoch: beat, epochAt: beatAt, server, timeline },
    now: { server: serverNow, timeline: timelineNow, position },
  };
}

/** Counts on, and takes the server's present history for this database's own. */
export async function writeEpoch(
  db: Kysely<Schema>,
  epoch: number,
  { server, timeline }: ServerHistory,
): Promise<void> {
  await sql`
    update installation set beat = ${epoch}, beat_at = clock_timestamp(),
      server = coalesce(${server}, server), timeline = coalesce(${timeline}, timeline)`.execute(db);
}

/** What there is to lose: deliveries at all, and such that were due since the last epoch began. */
export async function deliveriesAtStake(
  db: Kysely<Schema>,
): Promise<{ hasDeliveries: boolean; hasDueSinceEpoch: boolean }> {
  const { rows } = await sql<{ hasDeliveries: boolean; hasDueSinceBeat: boolean }>`
    select exists (select from deliveries) as "hasDeliveries",
      exists (select from deliveries d
        where d.state = 'scheduled' and d.due_at between i.beat_at and clock_timestamp()) as "hasDueSinceBeat"
    from installation i`.execute(db);
  const { hasDeliveries = false, hasDueSinceBeat: hasDueSinceEpoch = false } = rows[0] ?? {};
  return { hasDeliveries, hasDueSinceEpoch };
}

/**
 * Nothing is sent from this commit on. Whatever could still be sent is looked for first, whenever that will be: a person
 * may have tried it again in the time that was lost, or sent it early. Attempts whose outcome was open may have been
 * repeated, so their windows begin now. A second call keeps the earlier moment.
 */
export async function enterQuarantine(
  db: Kysely<Schema>,
  { reason, since, mayRunTwice = false }: { reason: string; since: Date; mayRunTwice?: boolean },
): Promise<void> {
  // No post was sent before it was made, nor later than now.
  const begin = sql`least(clock_timestamp(),
    greatest(${since}::timestamptz, (select min(created_at) from posts)))`;
  await sql`
    update installation set quarantined_at = coalesce(quarantined_at, clock_timestamp()),
      quarantine_reason = coalesce(quarantine_reason, ${reason}),
      unknown_since = least(unknown_since, ${begin}),
      may_run_twice = may_run_twice or ${mayRunTwice}`.execute(db);
  await sql`
    insert into lost_times (since, until) select ${begin}, clock_timestamp()`.execute(db);
  await sql`
    with held as materialized (
      select d.workspace_id, d.id from deliveries d
      where d.state not in ('confirmed', 'cancelled', 'partly') order by d.id for update)
    update deliveries d set look_since = least(d.look_since, i.unknown_since)
    from held, installation i where d.workspace_id = held.workspace_id and d.id = held.id`.execute(db);
  await restartWindows(db);
}

/** Locks what may have open attempts before these, as whoever settles does, so that no fence moves meanwhile. */
const heldOpen = sql`
  select workspace_id, id, fence from deliveries
  where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')
  order by id for update`;

/**
 * What is open may have been repeated until now, by another process or in a history that was lost, there also under
 * another key: by a delivery that nobody here knows of.
 */
export async function restartWindows(db: Kysely<Schema>): Promise<void> {
  // What the clock was set by is added to a window by its own, and a window never shrinks. Several processes come here for
  // one loss, and a loss may follow another: what has passed is added to the window of the beginning each time, or to
  // what was learned of the channel since.
  const ownWindowMs = sql`greatest(coalesce(a.first_window_ms, a.window_ms), coalesce((
    select 2 * ${learnedMs} from delivery_windows w
    where w.workspace_id = a.workspace_id and w.channel_id = a.channel_id), 0))`;
  await sql`
    with held as materialized (${heldOpen})
    update delivery_attempts a set settled_fence = held.fence, first_window_ms = ${ownWindowMs}::integer, after_loss = true,
      window_ms = least(2147483647, greatest(a.window_ms, ${ownWindowMs} - a.clock_step_ms
        + extract(epoch from clock_timestamp() - a.intent_at) * 1000))::integer,
      error_code = case when a.error_code like '%.duplicate' or a.error_code = ${idTaken} then a.error_code
        else ${restored} end
    from held
    where a.workspace_id = held.workspace_id and a.delivery_id = held.id and a.state in ('open', 'ambiguous')`.execute(
    db,
  );
  // After many looks the next one is minutes away, and everybody waits for the quarantine.
  await sql`
    update deliveries set wake_at = clock_timestamp()
    where state = 'ambiguous' and wake_at > clock_timestamp()`.execute(db);
}

/** It would be sent now, and may have been sent already. By the index `deliveries_to_look_for`. */
const unchecked = sql`
  d.look_since is not null and d.state = 'scheduled' and d.due_at <= ${thisMoment}
  and coalesce(d.not_before <= ${thisMoment}, true)`;

export const longestPauseMs = 5_000;

/**
 * Takes deliveries to look for, in quarantine and after it, whatever their channel's pause says: nothing of them is
 * sent. Who waits to release the quarantine waits for the last of them, so none pauses long between two tries.
 */
export function claimUnchecked(
  db: Kysely<Schema>,
  options: { limit: number } & Pick<ClaimOptions, "leaseMs" | "claimant">,
): Promise<Claimed[]> {
  const due = sql`
    select d.workspace_id, d.id from deliveries d
    where ${unchecked} and (d.error_code is distinct from ${restored}
      or least(d.wake_at, d.updated_at + ${longestPauseMs}::float8 * interval '1 millisecond') <= clock_timestamp())
    order by d.due_at limit ${options.limit} for update of d skip locked`;
  return claimRows(db, due, options);
}

export type Progress = { unchecked: number; reading: number; asking: number; later: number };

export const nothingOpen: Progress = { unchecked: 0, reading: 0, asking: 0, later: 0 };

/** How far the looking has come; `asking` waits for people, and `later` is looked for when its time comes. */
export async function quarantineProgress(db: Kysely<Schema>): Promise<Progress> {
  const { rows } = await sql<Progress>`
    select
      (select count(*)::integer from deliveries d where ${unchecked}) as unchecked,
      (select count(*)::integer from deliveries d
        where d.look_since is not null and d.state = 'scheduled' and d.due_at > clock_timestamp()) as later,
      count(*) filter (where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling')
        and error_code is distinct from ${noAccess})::integer as reading,
      -- Also what cannot be read back without an access: nobody sends it before it was.
      count(*) filter (where state = 'needs_human' or state = 'ambiguous' and error_code = ${noAccess})::integer as asking
    from deliveries where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')`.execute(
    db,
  );
  return rows[0] ?? nothingOpen;
}

export async function leaveQuarantine(db: Kysely<Schema>): Promise<void> {
  await sql`
    update installation set quarantined_at = null, quarantine_reason = null, unknown_since = null,
      may_run_twice = false`.execute(db);
}

/** By a person's word nothing was sent before its time in the time that was lost: what is planned goes out as planned. */
export async function forgetLater(db: Kysely<Schema>, quarantinedAt: Date): Promise<void> {
  await sql`
    update deliveries set look_since = null
    where look_since is not null and state = 'scheduled' and due_at > clock_timestamp()`.execute(db);
  await sql`delete from lost_times where until >= ${quarantinedAt}`.execute(db);
}

/** Nobody can find out: the next try is a person's, who was told to look first. */
export async function forgetLook(
  db: Kysely<Schema>,
  { workspaceId, id }: Pick<Claimed, "workspaceId" | "id">,
): Promise<void> {
  await sql`
    update deliveries set look_since = null where workspace_id = ${workspaceId} and id = ${id}`.execute(db);
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
 * Records that an item may have been sent at some time since the history was lost: an attempt as of then, whose window
 * begins now; in a quarantine as of its unknown time, after which nothing is sent. Nothing of this process is on its
 * way, so its deadline is not to come. False: the fence has moved, or it
 * needs no look any more.
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
      and d.state = 'claimed' and d.lease_until > clock_timestamp() and d.look_since is not null
    returning d.id`.execute(transaction);
  if (rows.length === 0) return false;
  await sql`
    insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence, payload_hash,
      intent_at, deadline_at, first_window_ms, window_ms, after_loss)
    select ${claimed.workspaceId}, ${look.attemptId}, ${claimed.id}, ${look.item}, ${look.number}, ${look.kind},
      ${claimed.channelId}, ${claimed.fence}, ${look.itemHashes[look.item] ?? ""}, s.since,
      least(s.since + ${look.deadlineMs}::float8 * interval '1 millisecond', clock_timestamp()),
      ${look.windowMs},
      least(${look.windowMs} + extract(epoch from clock_timestamp() - s.since) * 1000, 2147483647)::integer, true
    from deliveries d, installation i, least(d.look_since, i.unknown_since) as s (since)
    where d.workspace_id = ${claimed.workspaceId} and d.id = ${claimed.id}`.execute(transaction);
  return true;
}
