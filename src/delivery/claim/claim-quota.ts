import { appOfChannel, appValuesOfChannel, type InstallationSettings } from "#channels";
import { type Connector, quotaInWords, quotaTooSmallInWords } from "#connectors";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { type Kysely, sql } from "kysely";
import type { Claimed } from "../model/claimed.ts";
import { type ClaimOptions, claimRows } from "./claim.store.ts";
import { dueSince, isCurrent, isDue, maySend } from "../model/due.store.ts";
import type { Quotas } from "./connector-quotas.ts";
import { writeSettlements } from "../model/settlements.store.ts";
import { milliseconds, readFacts, unitsLeft } from "./quota.store.ts";
import { type Due, place, type Placement } from "./quota.ts";

/** Due deliveries that one claim looks at, at most. */
const batch = 200;

/** A connector that counts posts. */
type Counting = { connector: Connector; settings: InstallationSettings; quotas: Quotas };

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
  counting: Counting,
  options: ClaimOptions,
): Promise<Claimed[]> {
  return db.transaction().execute(async (transaction) => {
    if (!(await isOurTurn(transaction, counting.connector.id))) return [];
    return claimInTurn(transaction, counting, options);
  });
}

/** To be called when it is our turn, until the transaction ends. */
export async function claimInTurn(
  transaction: Kysely<Schema>,
  counting: Counting,
  options: ClaimOptions,
): Promise<Claimed[]> {
  const { id: connector, name } = counting.connector;
  const app = appOfChannel(counting.settings, counting.connector);
  const { rows } = await sql<Omit<Due, "quotas"> & { appValues: JsonObject | null }>`
    select d.workspace_id as "workspaceId", d.id, c.account_id as "accountId", ${app} as app,
      ${appValuesOfChannel} as "appValues", ${milliseconds(sql`d.due_at`)} as "dueAt", ${unitsLeft} as units
    from deliveries d join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
    where ${isDue} and d.late_after > clock_timestamp() and d.connector = ${connector}
      and d.channel_id <> all(${options.busyChannels}::uuid[]) and ${maySend} and ${isCurrent(options.knownBeat)}
    order by ${dueSince}, d.id
    limit ${batch}
    for update of d skip locked`.execute(transaction);
  if (rows.length === 0) return [];
  const candidates = rows.map(({ appValues, ...one }) => ({ ...one, quotas: counting.quotas(appValues) }));
  const facts = await readFacts(transaction, connector, app, candidates);
  const placements = place(candidates, facts);
  const free = placements.filter((one) => one.kind === "at" && one.at <= facts.now);
  await moveToRoom(transaction, placements, facts.now, name);
  await refuseTooLong(transaction, placements, options, name);
  return claimRows(transaction, rowsOf(free.slice(0, options.limit)), options);
}

/** With their workspaces, so that they are found by the primary key: an id alone takes a look at all deliveries. */
function rowsOf(placements: readonly Placement[]) {
  const workspaceIds = placements.map(({ workspaceId }) => workspaceId);
  const ids = placements.map(({ id }) => id);
  return sql`select * from unnest(${workspaceIds}::uuid[], ${ids}::uuid[]) as one (workspace_id, id)`;
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
    return [{ ...one, until: new Date(Math.ceil(one.at)).toISOString(), message }];
  });
  if (moves.length === 0) return;
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
  const refused = placements.flatMap((one) => (one.kind === "never" ? [one] : []));
  if (refused.length === 0) return;
  const messages = new Map(
    refused.map(({ id, units, quota }) => {
      const limit = quotaTooSmallInWords(name, quota);
      const message = `${units} parts of this post are still to be sent, but ${limit}. Make it shorter and have it approved again, or publish it once ${name} takes more.`;
      return [id, message];
    }),
  );
  const claimed = await claimRows(db, rowsOf(refused), options);
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
