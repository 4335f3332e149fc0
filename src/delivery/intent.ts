import type { Plan } from "#connectors";
import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";

export type Intent = {
  workspaceId: string;
  deliveryId: string;
  fence: number;
  /** The new attempt. */
  id: string;
  item: number;
  number: number;
  kind: "post" | "reply" | "comment";
  payloadHash: string;
  deadlineMs: number;
  windowMs: number;
  /** Lease beyond the deadline. */
  marginMs: number;
  /** Stored with the first intent; null where the row has one. */
  plan: Plan | null;
  itemHashes: string[] | null;
};

/**
 * Writes intents, each at the fence it names: the attempt, the lease that outlives its deadline and, the
 * first time, the plan, in one durable commit. Returns for each whether it stands; `false` means that the
 * fence has moved and nothing may be sent. The database refuses an intent that breaks an invariant
 * (SQLSTATE GD001 to GD005, see migration 0006), and then the whole batch.
 */
export async function writeIntents(db: Kysely<Schema>, intents: Intent[]): Promise<boolean[]> {
  const { rows } = await sql<{ id: string }>`
    with input as (
      select * from jsonb_to_recordset(${JSON.stringify(intents)}::jsonb) as i (
        "workspaceId" uuid, "deliveryId" uuid, fence bigint, id uuid, item integer, number integer, kind text,
        "payloadHash" text, "deadlineMs" integer, "windowMs" integer, "marginMs" integer, plan jsonb, "itemHashes" jsonb)),
    held as (
      update deliveries d
      set state = 'in_flight', updated_at = clock_timestamp(),
        lease_until = clock_timestamp() + (i."deadlineMs" + i."marginMs") * interval '1 millisecond',
        wake_at = clock_timestamp() + (i."deadlineMs" + i."marginMs") * interval '1 millisecond',
        plan = coalesce(d.plan, i.plan),
        item_hashes = coalesce(d.item_hashes, array(select jsonb_array_elements_text(i."itemHashes"))),
        item_count = coalesce(d.item_count, jsonb_array_length(i."itemHashes"))
      from input i
      where d.workspace_id = i."workspaceId" and d.id = i."deliveryId" and d.fence = i.fence
        and d.state in ('claimed', 'in_flight') and d.lease_until > clock_timestamp()
      returning d.workspace_id, d.id as delivery_id, d.channel_id, i.fence, i.id, i.item, i.number, i.kind,
        i."payloadHash", i."deadlineMs", i."windowMs")
    insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence, payload_hash,
      intent_at, deadline_at, window_ms)
    select workspace_id, id, delivery_id, item, number, kind, channel_id, fence, "payloadHash",
      clock_timestamp(), clock_timestamp() + "deadlineMs" * interval '1 millisecond', "windowMs"
    from held
    returning id`.execute(db);
  const written = new Set(rows.map((row) => row.id));
  return intents.map((intent) => written.has(intent.id));
}
