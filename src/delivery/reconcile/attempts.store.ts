import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import type { ChannelRef } from "../order/deliveries.store.ts";

/**
 * Which of the ids belong to other attempts of the same account, or are second copies of their items: in any workspace
 * that has it connected.
 */
export async function externalIdsTaken(
  db: Kysely<Schema>,
  { workspaceId, channelId }: ChannelRef,
  attemptId: string,
  externalIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ externalId: string }>`
    select a.external_id as "externalId"
    from channels mine
    join delivery_attempts a on a.external_id = any(${externalIds}::text[])
      and a.account_id = mine.account_id and a.connector = mine.connector and a.duplicate_of is null
    where mine.workspace_id = ${workspaceId} and mine.id = ${channelId} and a.id <> ${attemptId}
    union
    select s.external_id
    from channels mine
    join channels same on same.connector = mine.connector and same.account_id = mine.account_id
    join delivery_second_copies s on s.workspace_id = same.workspace_id and s.channel_id = same.id
      and s.external_id = any(${externalIds}::text[])
    where mine.workspace_id = ${workspaceId} and mine.id = ${channelId}`.execute(db);
  return new Set(rows.map((row) => row.externalId));
}

/** At most this many are asked for: each is proof enough that a list is not whole. */
const mostWitnesses = 100;

/**
 * Ids of items of these kinds that the platform has confirmed on the same account, in any workspace, and that were sent
 * between these moments; the newest first. What a person said to be live is none. By way of the channels, since the
 * index of what was sent when is by channel: the attempts name the account, too, and would be read one and all.
 */
export async function confirmedBetween(
  db: Kysely<Schema>,
  { workspaceId, channelId }: ChannelRef,
  kinds: readonly string[],
  { from, until }: { from: Date; until: Date },
): Promise<string[]> {
  const { rows } = await sql<{ externalId: string }>`
    select a.external_id as "externalId"
    from channels mine
    join channels same on same.connector = mine.connector and same.account_id = mine.account_id
    join delivery_attempts a on a.workspace_id = same.workspace_id and a.channel_id = same.id
      and a.intent_at between ${from} and ${until} and a.state = 'confirmed' and a.settled_by <> 'person'
      and a.kind = any(${[...kinds]}::text[]) and a.external_id is not null
    where mine.workspace_id = ${workspaceId} and mine.id = ${channelId}
    order by a.intent_at desc
    limit ${mostWitnesses}`.execute(db);
  return rows.map(({ externalId }) => externalId);
}

/** Every attempt whose answer was lost and that waits for a look. */
export async function ambiguousAttempts(db: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from deliveries d
    join delivery_attempts a on a.delivery_id = d.id and a.state = 'ambiguous'
    where d.state in ('ambiguous', 'reconciling', 'needs_human')`.execute(db);
  return rows.map(({ id }) => id);
}
