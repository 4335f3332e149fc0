import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import { noAccess } from "../model/codes.ts";
import type { DeliveryState } from "../model/state.ts";

/** How long after a delivery should have been sent or have asked it counts as a defect. */
const patience = sql`interval '15 minutes'`;

/**
 * Of `deliveries d`: neither sent nor asking, although its grace is over; or read back for much longer than a proof can
 * take. Every state here is one that Galley leaves by itself, so a row that stays is a mistake of Galley's. Not in a
 * quarantine, where nothing moves, and not what waits for a person to connect its channel again.
 */
const isStuck = sql<boolean>`(
  (select quarantined_at is null from installation)
  and (d.state in ('scheduled', 'claimed', 'in_flight')
      and greatest(d.late_after, d.lease_until) + ${patience} < clock_timestamp()
    or d.state in ('ambiguous', 'reconciling') and d.error_code is distinct from ${noAccess} and greatest(d.late_after, d.lease_until) + ${patience}
      + coalesce((select 4.0 * max(a.window_ms) from delivery_attempts a where a.delivery_id = d.id), 0)
        * interval '1 millisecond' < clock_timestamp()))`;

/** By connector, of all workspaces: for the metric. */
export async function countStuck(db: Kysely<Schema>): Promise<{ connector: string; count: number }[]> {
  const { rows } = await sql<{ connector: string; count: number }>`
    select d.connector, count(*)::integer as count from deliveries d where ${isStuck} group by d.connector`.execute(
    db,
  );
  return rows;
}

export type StuckDelivery = {
  id: string;
  postId: string;
  postTitle: string;
  state: DeliveryState;
  since: Date;
};

/** Those of one workspace, the longest first. `db` is the system's: only it knows of a quarantine. */
export async function stuckIn(db: Kysely<Schema>, workspaceId: string): Promise<StuckDelivery[]> {
  const { rows } = await sql<StuckDelivery>`
    select d.id, d.post_id as "postId", d.state, d.late_after as since,
      coalesce((select p.title from posts p where p.workspace_id = d.workspace_id and p.id = d.post_id), '')
        as "postTitle"
    from deliveries d
    where d.workspace_id = ${workspaceId} and ${isStuck}
    order by d.late_after limit 100`.execute(db);
  return rows;
}
