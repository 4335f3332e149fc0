import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Claimed } from "../model/claimed.ts";

/**
 * Gives a claim its whole lease again. False: it is no longer this claim's to prepare, because the fence has moved,
 * the lease has ended or an intent stands, whose own lease nothing here may touch.
 */
export async function renewLease(
  db: Kysely<Schema>,
  { workspaceId, id, fence }: Pick<Claimed, "workspaceId" | "id" | "fence">,
  leaseMs: number,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update deliveries
    set lease_until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond',
      wake_at = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
    where workspace_id = ${workspaceId} and id = ${id} and fence = ${fence}
      and state = 'claimed' and lease_until > clock_timestamp()
    returning id`.execute(db);
  return rows.length > 0;
}
