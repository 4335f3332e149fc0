import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Quota } from "#connectors";
import type { Schema } from "#platform/db";
import { thisMoment } from "../model/due.store.ts";
import { type Due, type Facts, ownerOf, type Allocated, windowKey } from "./quota.ts";

/** How many posts of the platform are still to be sent: parts and first comment, less what is out or may be. */
export const unitsLeft = sql`(
  coalesce(d.item_count, jsonb_array_length(d.content -> 'variant' -> 'parts')
    + case when d.content -> 'variant' ->> 'firstComment' is null then 0 else 1 end)
  - (select count(distinct a.item) from delivery_attempts a
    where a.delivery_id = d.id and a.state in ('open', 'ambiguous', 'confirmed')))::integer`;

export const milliseconds = (instant: unknown) => sql`(extract(epoch from ${instant})::float8 * 1000)`;

type Row = { kind: "sent" | "on its way" | "placed"; key: string } & Allocated;

/**
 * What counts against the quotas of due deliveries of a connector: attempts that may have reached the platform,
 * what is claimed and will be attempted (now), and what room was allocated to ahead of them. One statement, so that what is
 * being attempted meanwhile counts once.
 *
 * Of what was sent, only the moments are read at which room comes back that somebody asks for: a window of `limit`
 * posts for `ahead` more has none before all but its newest `limit - ahead` have left it. Those come as one, at the
 * moment of the newest, which is also the one that a gap is kept to.
 */
export async function readFacts(
  db: Kysely<Schema>,
  connector: string,
  app: RawBuilder<string>,
  due: readonly Due[],
): Promise<Facts> {
  const lastDue = Math.max(...due.map(({ dueAt }) => dueAt));
  // Of a window `w`, whichever workspaces it is connected in. Ordered, so that each channel is read by the index and
  // no further than it can count.
  const sentWithin = sql`
    select one.intent_at
    from (
      select c.id from channels c
      where w.per = 'account' and c.connector = ${connector} and c.account_id = w.owner
      union all
      select c.id from channels c
      where w.per = 'app' and c.connector = ${connector} and ${app} = w.owner) c
    cross join lateral (
      select a.intent_at from delivery_attempts a
      where a.channel_id = c.id and a.state <> 'not_sent' and a.intent_at > ${thisMoment} - w.length
      order by a.intent_at desc
      limit w."limit") one`;
  const { rows } = await sql<Row>`
    with windows as (
      select * from jsonb_to_recordset(${JSON.stringify(windowsOf(due))}::jsonb)
        as w (key text, per text, owner text, "limit" bigint, "windowMs" float8, units bigint)),
    others as materialized (
      select 'on its way' as kind, c.account_id, ${app} as app, d.id, ${milliseconds(sql`clock_timestamp()`)} as at,
        0::float8 as due_at, ${unitsLeft} as units
      from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
      where d.state in ('claimed', 'in_flight') and d.connector = ${connector}
      union all
      select 'placed', c.account_id, ${app}, d.id, ${milliseconds(sql`d.wake_at`)}, ${milliseconds(sql`d.due_at`)}, ${unitsLeft}
      from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
      where d.state = 'scheduled' and d.error_code = 'delivery.quota' and d.connector = ${connector}
        and d.wake_at > ${thisMoment}
        -- What is due later than all of them gives way. A float may miss the microsecond.
        and d.due_at < to_timestamp(${lastDue + 1}::float8 / 1000)),
    ahead as (
      select 'account' as per, account_id as owner, sum(greatest(units, 0)) as units from others group by account_id
      union all
      select 'app', app, sum(greatest(units, 0)) from others group by app),
    tight as (
      select w.key, w.per, w.owner, w."limit", w."windowMs" * interval '1 millisecond' as length,
        greatest(0, w."limit" - w.units - coalesce(ahead.units, 0)) as certain
      from windows w left join ahead on ahead.per = w.per and ahead.owner = w.owner)
    select kind, null as key, account_id as "accountId", app, id, at, due_at as "dueAt", units from others
    union all
    select 'sent', w.key, null, null, null, ${milliseconds(sql`s.at`)}, null, s.units
    from tight w
    cross join lateral (
      select max(a.intent_at) as newest, count(*)::integer as units from (${sentWithin}) a) total
    cross join lateral (
      select total.newest as at, least(total.units, w.certain)::integer as units
      union all
      (select a.intent_at, 1 from (${sentWithin}) a
      where total.units > w.certain
      order by a.intent_at desc
      offset w.certain limit w."limit" - w.certain)) s
    where s.units > 0`.execute(db);
  const clock = await sql<{ now: number }>`select ${milliseconds(sql`clock_timestamp()`)} as now`.execute(db);
  const now = clock.rows[0]?.now ?? Date.now();
  const ofKind = (kind: Row["kind"]) =>
    rows
      .filter((row) => row.kind === kind)
      .map((row) => (kind === "placed" ? row : { ...row, at: Math.min(row.at, now) }));
  const sent = Map.groupBy(
    ofKind("sent").toSorted((left, right) => left.at - right.at),
    ({ key }) => key,
  );
  return { now, sent, onTheirWay: ofKind("on its way"), allocated: ofKind("placed") };
}

/** Each account's and app's quotas once. `units`: how many posts of theirs are due, under whichever numbers. */
function windowsOf(due: readonly Due[]) {
  const unitsOf = (per: Quota["per"], owner: string) =>
    due.reduce((sum, one) => sum + (ownerOf({ per }, one) === owner ? Math.max(1, one.units) : 0), 0);
  const windows = new Map(
    due.flatMap((one) =>
      one.quotas.map((quota) => [windowKey(quota, one), { quota, owner: ownerOf(quota, one) }] as const),
    ),
  );
  return [...windows].map(([key, { quota, owner }]) => {
    const { per, limit, windowMs } = quota;
    return { key, per, owner, limit, windowMs, units: unitsOf(per, owner) };
  });
}
