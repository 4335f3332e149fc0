import { appOfChannel, appValuesOfChannel, type InstallationSettings } from "#channels";
import { type Connector, quotaInWords, quotaTooSmallInWords } from "#connectors";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { type Kysely, type RawBuilder, sql } from "kysely";
import {
  type Claimed,
  type ClaimOptions,
  claimRows,
  dueSince,
  isCurrent,
  isDue,
  maySend,
  thisMoment,
} from "./claim.ts";
import type { Quotas } from "./connector-quotas.ts";
import { writeSettlements } from "./settle.ts";
import { type Candidate, place, type Placed, type Placement, type Use } from "./quota.ts";

/** Due deliveries that one claim looks at, at most. */
const batch = 200;

/** How many posts of the platform are still to be sent: parts and first comment, less what is out or may be. */
const unitsLeft = sql`(
  coalesce(d.item_count, jsonb_array_length(d.content -> 'variant' -> 'parts')
    + case when d.content -> 'variant' ->> 'firstComment' is null then 0 else 1 end)
  - (select count(distinct a.item) from delivery_attempts a
    where a.delivery_id = d.id and a.state in ('open', 'ambiguous', 'confirmed')))::integer`;

const milliseconds = (instant: unknown) => sql`(extract(epoch from ${instant})::float8 * 1000)`;

/** Which of these connectors have something due. */
export async function dueConnectors(db: Kysely<Schema>, connectors: readonly string[]): Promise<string[]> {
  if (connectors.length === 0) return [];
  const { rows } = await sql<{ connector: string }>`
    select c.connector from unnest(${connectors}::text[]) as c (connector)
    -- The first by the index: asked whether any exists, the planner may expect to meet one at once, and read all.
    cross join lateral (
      select from deliveries d
      where d.connector = c.connector and ${isDue} and d.late_after > clock_timestamp()
      order by ${dueSince}
      limit 1) first`.execute(db);
  return rows.map((row) => row.connector);
}

type Facts = { now: number; uses: Use[]; placed: Placed[] };

/**
 * What counts against the quotas of a connector: attempts that may have reached the platform, what is
 * claimed and will be attempted (now), and what was placed ahead.
 */
async function readFacts(
  db: Kysely<Schema>,
  connector: string,
  app: RawBuilder<string>,
  windowMs: number,
): Promise<Facts> {
  const { rows } = await sql<{
    accountId: string;
    app: string;
    id: string;
    at: number;
    dueAt: number;
    units: number;
    kind: string;
  }>`
    select c.account_id as "accountId", ${app} as app, a.delivery_id as id, ${milliseconds(sql`a.intent_at`)} as at, 0 as "dueAt",
      1 as units, 'sent' as kind
    from channels c
    join delivery_attempts a on a.channel_id = c.id
      and a.intent_at > ${thisMoment} - ${windowMs}::float8 * interval '1 millisecond'
    where c.connector = ${connector} and a.state <> 'not_sent'
    union all
    select c.account_id, ${app}, d.id, ${milliseconds(sql`clock_timestamp()`)}, 0, ${unitsLeft}, 'on its way'
    from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
    where d.state in ('claimed', 'in_flight') and d.connector = ${connector}
    union all
    select c.account_id, ${app}, d.id, ${milliseconds(sql`d.wake_at`)}, ${milliseconds(sql`d.due_at`)}, ${unitsLeft}, 'placed'
    from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
    where d.state = 'scheduled' and d.error_code = 'delivery.quota' and d.connector = ${connector}
      and d.wake_at > ${thisMoment}`.execute(db);
  const clock = await sql<{ now: number }>`select ${milliseconds(sql`clock_timestamp()`)} as now`.execute(db);
  const now = clock.rows[0]?.now ?? Date.now();
  return {
    now,
    uses: rows
      .filter(({ kind }) => kind !== "placed")
      .flatMap(({ accountId, app: key, at, units }) =>
        Array.from({ length: Math.max(0, units) }, () => ({ accountId, app: key, at: Math.min(at, now) })),
      ),
    placed: rows.filter(({ kind }) => kind === "placed"),
  };
}

/** One transaction at a time counts for a connector. Whoever finds another there does not wait: it may stand still. */
async function isOurTurn(db: Kysely<Schema>, connector: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('galley.delivery.quota'), hashtext(${connector})) as locked`.execute(
    db,
  );
  return rows[0]?.locked ?? false;
}

/**
 * Takes due deliveries of a connector that counts posts, as far as its quotas allow; the others are moved to
 * when there is room, and say so. One transaction at a time per connector, so that two workers never take
 * the same room; nothing while another has its turn.
 */
export async function claimWithinQuotas(
  db: Kysely<Schema>,
  counting: { connector: Connector; settings: InstallationSettings; quotas: Quotas },
  options: ClaimOptions,
): Promise<Claimed[]> {
  const { id: connector, name } = counting.connector;
  const app = appOfChannel(counting.settings, counting.connector);
  return db.transaction().execute(async (transaction) => {
    if (!(await isOurTurn(transaction, connector))) return [];
    const { rows } = await sql<Candidate & { appValues: JsonObject | null }>`
      select d.id, c.account_id as "accountId", ${app} as app, ${appValuesOfChannel} as "appValues", ${milliseconds(sql`d.due_at`)} as "dueAt", ${unitsLeft} as units
      from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
      where ${isDue} and d.late_after > clock_timestamp() and d.connector = ${connector}
        and d.channel_id <> all(${options.busyChannels}::uuid[]) and ${maySend} and ${isCurrent(options.knownBeat)}
      order by ${dueSince}, d.id
      limit ${batch}
      for update of d skip locked`.execute(transaction);
    if (rows.length === 0) return [];
    const candidates = rows.map(({ appValues, ...one }) => ({ ...one, quotas: counting.quotas(appValues) }));
    const windowMs = Math.max(
      0,
      ...candidates.flatMap(({ quotas }) => quotas.map((quota) => quota.windowMs)),
    );
    const facts = await readFacts(transaction, connector, app, windowMs);
    const placements = place(candidates, facts);
    const free = placements.filter((one) => one.kind === "at" && one.at <= facts.now);
    await moveToRoom(transaction, placements, facts.now, name);
    await refuseTooLong(transaction, placements, options, name);
    const ids = free.slice(0, options.limit).map(({ id }) => id);
    return claimRows(
      transaction,
      sql`select workspace_id, id from deliveries where id = any(${ids}::uuid[])`,
      options,
    );
  });
}

/** Not beyond the moment at which it is late: then it is missed, and a person is asked. */
async function moveToRoom(
  db: Kysely<Schema>,
  placements: Placement[],
  now: number,
  name: string,
): Promise<void> {
  const moves = placements.flatMap((one) => {
    if (one.kind === "never" || one.at <= now) return [];
    const takes = one.quota ? quotaInWords(one.quota) : "no more for now";
    const message = `${name} takes ${takes}; this post waits until there is room.`;
    return [{ id: one.id, at: new Date(Math.ceil(one.at)).toISOString(), message }];
  });
  if (moves.length === 0) return;
  await sql`
    update deliveries d
    set wake_at = least(m.at, d.late_after), updated_at = clock_timestamp(),
      error_code = 'delivery.quota', error_message = m.message
    from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as m (id uuid, at timestamptz, message text)
    where d.id = m.id and d.state = 'scheduled'`.execute(db);
}

/**
 * What is longer than its quota was checked before it was approved, so the limit has changed since: a person
 * is asked at once. Claimed and settled in one transaction: nobody else ever counts it as on its way.
 */
async function refuseTooLong(
  db: Kysely<Schema>,
  placements: Placement[],
  options: ClaimOptions,
  name: string,
): Promise<void> {
  const messages = new Map(
    placements.flatMap((one): [string, string][] => {
      if (one.kind === "at") return [];
      const limit = quotaTooSmallInWords(name, one.quota);
      const message = `${one.units} parts of this post are still to be sent, but ${limit}. Make it shorter and have it approved again, or publish it once ${name} takes more.`;
      return [[one.id, message]];
    }),
  );
  if (messages.size === 0) return;
  const ids = [...messages.keys()];
  const claimed = await claimRows(
    db,
    sql`select workspace_id, id from deliveries where id = any(${ids}::uuid[])`,
    options,
  );
  await writeSettlements(
    db,
    claimed.map(({ workspaceId, id, fence }) => ({
      workspaceId,
      deliveryId: id,
      fence,
      attempt: null,
      next: {
        state: "rejected",
        waitMs: 0,
        tries: 0,
        errorCode: "delivery.over_quota",
        errorMessage: messages.get(id) ?? null,
        externalUrl: null,
      },
    })),
  );
}
