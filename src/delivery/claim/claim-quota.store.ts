import { type Kysely, type RawBuilder, sql } from "kysely";
import { appValuesOfChannel } from "#channels";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { dueSince, isCurrent, isDue, maySend } from "../model/due.store.ts";
import type { ClaimOptions } from "./claim.store.ts";
import { milliseconds, unitsLeft } from "./quota.store.ts";
import type { Due, Allocation } from "./quota.ts";

/** Due deliveries that one claim looks at, at most. */
const batch = 200;

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

/**
 * One transaction at a time counts for a connector. False: another one does, and nobody waits for it, since it may stand
 * still.
 */
export async function lockQuotas(db: Kysely<Schema>, connector: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('galley.delivery.quota'), hashtext(${connector})) as locked`.execute(
    db,
  );
  return rows[0]?.locked ?? false;
}

/** What may go out if its quotas allow it; `appValues`: of the app it goes out with, from which they follow. */
type Candidate = Omit<Due, "quotas"> & { appValues: JsonObject | null };

/**
 * Locks due deliveries of one connector, the longest due first, but for those that another worker is taking. `app`: of
 * `channels c`, what tells the apps of the platform apart.
 */
export async function lockCandidates(
  transaction: Kysely<Schema>,
  {
    connector,
    app,
    busyChannels,
    lastEpoch,
  }: { connector: string; app: RawBuilder<string> } & Pick<ClaimOptions, "busyChannels" | "lastEpoch">,
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select d.workspace_id as "workspaceId", d.id, c.account_id as "accountId", ${app} as app,
      ${appValuesOfChannel} as "appValues", ${milliseconds(sql`d.due_at`)} as "dueAt", ${unitsLeft} as units
    from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
    where ${isDue} and d.late_after > clock_timestamp() and d.connector = ${connector}
      and d.channel_id <> all(${busyChannels}::uuid[]) and ${maySend} and ${isCurrent(lastEpoch)}
    order by ${dueSince}, d.id
    limit ${batch}
    for update of d skip locked`.execute(transaction);
  return rows;
}

/** With their workspaces, so that they are found by the primary key: an id alone takes a look at all deliveries. */
export function rowsOf(allocations: readonly Pick<Allocation, "workspaceId" | "id">[]) {
  const workspaceIds = allocations.map(({ workspaceId }) => workspaceId);
  const ids = allocations.map(({ id }) => id);
  return sql`select * from unnest(${workspaceIds}::uuid[], ${ids}::uuid[]) as one (workspace_id, id)`;
}

/** They wait until `until` (ISO text), at most until they are late, and say why. */
export async function waitForRoom(
  db: Kysely<Schema>,
  moves: readonly (Pick<Allocation, "workspaceId" | "id"> & { until: string; message: string })[],
): Promise<void> {
  const times = moves.map(({ until }) => until);
  const messages = moves.map(({ message }) => message);
  // Arrays, of which the planner sees how many they hold: where it takes them for more, it reads the whole table.
  await sql`
    update deliveries d
    set wake_at = least(m.at, d.late_after), updated_at = clock_timestamp(),
      error_code = 'delivery.quota', error_message = m.message
    from unnest(${moves.map(({ workspaceId }) => workspaceId)}::uuid[], ${moves.map(({ id }) => id)}::uuid[],
      ${times}::timestamptz[], ${messages}::text[]) as m (workspace_id, id, at, message)
    where d.workspace_id = m.workspace_id and d.id = m.id and d.state = 'scheduled'`.execute(db);
}
