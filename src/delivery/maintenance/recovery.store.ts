import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "#platform/db";
import { thisMoment } from "../model/due.store.ts";

/** Rows that one pass takes at most; the next pass takes the rest. */
const batch = 500;

/**
 * What nobody owns any more: leases that ended. With an open attempt the post may be out, so it becomes
 * ambiguous and is never simply sent again; without one nothing was sent, and it is scheduled again, later
 * each time, so that a delivery that kills its worker does not do so in a circle.
 */
export function recoverExpired(db: Kysely<Schema>): Promise<number> {
  return recover(
    db,
    sql`d.state in ('claimed', 'in_flight', 'reconciling') and d.wake_at <= ${thisMoment}
      and d.lease_until <= clock_timestamp()`,
  );
}

/**
 * What dead processes had claimed or were reading back, before its lease ends. What they may have sent keeps its
 * lease: a process that only seemed dead may still write down the answer. Of a claim it can make nothing more:
 * the fence has moved.
 */
export async function recoverFromDead(db: Kysely<Schema>, processes: readonly string[]): Promise<void> {
  const theirs = sql`d.state in ('claimed', 'reconciling') and d.claimed_by = any(${processes}::text[])`;
  while ((await recover(db, theirs)) === batch);
}

async function recover(db: Kysely<Schema>, abandoned: RawBuilder<unknown>): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ workspaceId: string; id: string; fence: number; state: string }>`
      with abandoned as (
        select d.workspace_id, d.id, d.state = 'reconciling' or exists (
            select from delivery_attempts a
            where a.delivery_id = d.id and a.state in ('open', 'ambiguous')) as maybe_out
        from deliveries d
        where ${abandoned}
        order by d.wake_at
        limit ${batch}
        for update of d skip locked)
      update deliveries d
      set state = case when maybe_out then 'ambiguous' else 'scheduled' end,
        fence = d.fence + 1, lease_until = null, updated_at = clock_timestamp(),
        tries = d.tries + case when maybe_out then 0 else 1 end,
        -- The first time it keeps its place among what is due.
        wake_at = case when not maybe_out and d.tries = 0 then least(d.due_at, clock_timestamp())
          else clock_timestamp() + case when maybe_out then 0
            else least(power(2, least(d.tries, 10)) - 1, 600) end * interval '1 second' end
      from abandoned where d.workspace_id = abandoned.workspace_id and d.id = abandoned.id
      returning d.workspace_id as "workspaceId", d.id, d.fence, d.state`.execute(transaction);
    const lost = rows.filter((row) => row.state === "ambiguous");
    await sql`
      update delivery_attempts a
      set state = 'ambiguous', settled_fence = l.fence, error_code = 'delivery.lease_ended',
        error_message = 'The process that sent it ended before it could write the answer.'
      from jsonb_to_recordset(${JSON.stringify(lost)}::jsonb) as l (id uuid, fence bigint)
      where a.delivery_id = l.id and a.state = 'open'`.execute(transaction);
    return rows.length;
  });
}
