import { type Kysely, sql } from "kysely";
import { Client } from "pg";
import type { Schema } from "#platform/db";

/** Copies a delivery with its post and approval, so that the tables look as in a workspace that is used. */
export async function copyDelivery(
  system: Kysely<Schema>,
  deliveryId: string,
  { count, dueAt }: { count: number; dueAt: Date },
): Promise<void> {
  await system.transaction().execute(async (transaction) => {
    await sql`
      create temp table copies on commit drop as
      select d.*, gen_random_uuid() as new_post, gen_random_uuid() as new_approval, gen_random_uuid() as new_id
      from generate_series(1, ${count}) cross join deliveries d where d.id = ${deliveryId}`.execute(
      transaction,
    );
    await sql`
      insert into posts (workspace_id, id, title, status, content_hash)
      select workspace_id, new_post, 'Copy', 'scheduled', '0' from copies`.execute(transaction);
    await sql`
      insert into approvals (workspace_id, id, post_id, version, bound_hash, decision, decided_by)
      select workspace_id, new_approval, new_post, 1, approval_hash, 'approved', approved_by from copies`.execute(
      transaction,
    );
    await sql`
      insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, wake_at, grace_seconds, late_after)
      select workspace_id, new_id, new_post, channel_id, connector, content, content_hash, new_approval,
        approved_by, approval_binding, approval_hash, ${dueAt}, ${dueAt}, grace_seconds,
        ${dueAt}::timestamptz + grace_seconds * interval '1 second' from copies`.execute(transaction);
  });
}

/** By the owner of the tables: to others PostgreSQL refuses `analyze` with no more than a warning. */
export async function asOwner(
  url: string,
  ...statements: [text: string, values?: unknown[]][]
): Promise<void> {
  const owner = new Client({ connectionString: url });
  await owner.connect();
  try {
    for (const [text, values] of statements) await owner.query(text, values);
  } finally {
    await owner.end();
  }
}

/**
 * Attempts on a channel, so many milliseconds ago each, as long-since published posts left them: without the
 * deliveries, which would have to be sent one after the other.
 */
export async function addAttempts(
  url: string,
  channelId: string,
  { agesMs, state = "confirmed" }: { agesMs: readonly number[]; state?: "confirmed" | "not_sent" },
): Promise<void> {
  const insert = `
    insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence, payload_hash,
      intent_at, deadline_at, window_ms, state, external_id, settled_by, settled_at, connector, account_id)
    select c.workspace_id, gen_random_uuid(), gen_random_uuid(), 0, 1, 'post', c.id, 1, repeat('0', 64),
      i.at, i.at + interval '30 seconds', 600000, $3, gen_random_uuid(), 'answer', i.at, c.connector, c.account_id
    from channels c
    cross join (select clock_timestamp() - age * interval '1 millisecond' as at from unnest($2::float8[]) as age) i
    where c.id = $1`;
  await asOwner(url, ["set session_replication_role = replica"], [insert, [channelId, agesMs, state]]);
}

async function readSoFar(transaction: Kysely<Schema>, table: string): Promise<number> {
  const { rows } = await sql<{ read: number }>`
    select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relname = ${table}`.execute(
    transaction,
  );
  return rows[0]?.read ?? 0;
}

/** Rows of a table that `work` read in this transaction, from the table itself or by way of an index. */
export async function rowsReadIn(
  transaction: Kysely<Schema>,
  table: string,
  work: () => Promise<unknown>,
): Promise<number> {
  // A session that has not told its counts yet begins with those of earlier transactions.
  const before = await readSoFar(transaction, table);
  await work();
  return (await readSoFar(transaction, table)) - before;
}

/** The same in a transaction of its own; what `work` wrote is taken back. */
export async function rowsRead(
  system: Kysely<Schema>,
  table: string,
  work: (transaction: Kysely<Schema>) => Promise<unknown>,
): Promise<number> {
  const transaction = await system.startTransaction().execute();
  try {
    return await rowsReadIn(transaction, table, () => work(transaction));
  } finally {
    await transaction.rollback().execute();
  }
}
