import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";

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

async function readSoFar(transaction: Kysely<Schema>, table: string): Promise<number> {
  const { rows } = await sql<{ read: number }>`
    select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relname = ${table}`.execute(
    transaction,
  );
  return rows[0]?.read ?? 0;
}

/** Rows of a table that `work` read, from the table itself or by way of an index. What it wrote is taken back. */
export async function rowsRead(
  system: Kysely<Schema>,
  table: string,
  work: (transaction: Kysely<Schema>) => Promise<unknown>,
): Promise<number> {
  const transaction = await system.startTransaction().execute();
  try {
    // A session that has not told its counts yet begins with those of earlier transactions.
    const before = await readSoFar(transaction, table);
    await work(transaction);
    return (await readSoFar(transaction, table)) - before;
  } finally {
    await transaction.rollback().execute();
  }
}
