import type { Kysely } from "kysely";
import { appOfChannel, type InstallationSettings } from "#channels";
import { type Connector, quotaInWords, quotaTooSmallInWords } from "#connectors";
import type { Schema } from "#platform/db";
import type { Claimed } from "../model/claimed.ts";
import { writeSettlements } from "../model/settlements.store.ts";
import { lockCandidates, lockQuotas, rowsOf, waitForRoom } from "./claim-quota.store.ts";
import { type ClaimOptions, claimRows } from "./claim.store.ts";
import type { Quotas } from "./connector-quotas.ts";
import { readFacts } from "./quota.store.ts";
import { allocate, type Allocation } from "./quota.ts";

/** A connector that counts posts. */
export type Counting = { connector: Connector; settings: InstallationSettings; quotas: Quotas };

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
    if (!(await lockQuotas(transaction, counting.connector.id))) return [];
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
  const rows = await lockCandidates(transaction, { ...options, connector, app });
  if (rows.length === 0) return [];
  const candidates = rows.map(({ appValues, ...one }) => ({ ...one, quotas: counting.quotas(appValues) }));
  const facts = await readFacts(transaction, connector, app, candidates);
  const allocations = allocate(candidates, facts);
  const free = allocations.filter((one) => one.kind === "at" && one.at <= facts.now);
  await moveToRoom(transaction, allocations, facts.now, name);
  await refuseTooLong(transaction, allocations, options, name);
  return claimRows(transaction, rowsOf(free.slice(0, options.limit)), options);
}

/** Not beyond the moment at which it is late: then it is missed, and a person is asked. */
async function moveToRoom(
  db: Kysely<Schema>,
  allocations: Allocation[],
  now: number,
  name: string,
): Promise<void> {
  const moves = allocations.flatMap((one) => {
    if (one.kind === "never" || one.at <= now) return [];
    const takes = one.quota ? quotaInWords(one.quota) : "no more for now";
    const message = `${name} takes ${takes}; this post waits until there is room.`;
    return [{ ...one, until: new Date(Math.ceil(one.at)).toISOString(), message }];
  });
  if (moves.length === 0) return;
  await waitForRoom(db, moves);
}

/**
 * What is longer than its quota was checked before it was approved, so the limit has changed since: a person
 * is asked at once. Claimed and settled in one transaction: nobody else ever counts it as on its way.
 */
async function refuseTooLong(
  db: Kysely<Schema>,
  allocations: Allocation[],
  options: ClaimOptions,
  name: string,
): Promise<void> {
  const refused = allocations.flatMap((one) => (one.kind === "never" ? [one] : []));
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
