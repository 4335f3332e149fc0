import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import type { Job, Jobs } from "#platform/jobs";
import { type Kysely, sql } from "kysely";
import { type AttemptState, type DeliveryState, settledStates } from "./state.ts";

/** What became of an attempt. Absent fields stay as they are. */
export type AttemptOutcome = {
  id: string;
  state: AttemptState;
  externalId?: string | null;
  externalUrl?: string | null;
  externalData?: JsonObject;
  /** When the platform says that it was created. */
  externalCreatedAt?: Date;
  settledBy?: "answer" | "located" | "person";
  settledByUser?: string;
  /** With a look: when the listing was asked for and how far back it is complete. */
  lookedAt?: Date;
  coversFrom?: Date;
  looks?: number;
  windowMs?: number;
  errorCode?: string;
  errorMessage?: string;
  evidence?: string | null;
};

/** What the delivery does next. */
export type NextStep = {
  state: DeliveryState;
  waitMs: number;
  tries: number;
  errorCode: string | null;
  errorMessage: string | null;
  externalUrl: string | null;
};

/** One write at one fence: to the attempt, to the delivery, or to both. */
export type Settlement = {
  workspaceId: string;
  deliveryId: string;
  postId: string;
  fence: number;
  attempt: AttemptOutcome | null;
  /** Null: the owner goes on with the next item. */
  next: NextStep | null;
};

/** The job that tells the desk that a delivery waits for nothing but a person. */
export const settledTask = "desk.delivery_settled";

export function settledJob(workspaceId: string, postId: string): Job {
  return { task: settledTask, payload: { workspaceId, postId } };
}

/**
 * Writes outcomes in one transaction, each only where its fence still stands, and announces what has
 * settled in the same transaction. Returns for each whether it was written; `false`: the lease was lost,
 * stop.
 */
export async function writeSettlements(
  db: Kysely<Schema>,
  jobs: Jobs,
  settlements: Settlement[],
): Promise<boolean[]> {
  return db.transaction().execute((transaction) => settleIn(transaction, jobs, settlements));
}

/** The same inside a transaction of the caller. */
export async function settleIn(
  transaction: Kysely<Schema>,
  jobs: Jobs,
  settlements: Settlement[],
): Promise<boolean[]> {
  const held = await lockAndSettleAttempts(transaction, settlements);
  const moving = settlements.filter(
    (settlement) => held.has(settlement.deliveryId) && settlement.next !== null,
  );
  if (moving.length > 0) {
    await moveDeliveries(transaction, moving);
    const done = moving.filter(({ next }) => next !== null && settledStates.has(next.state));
    await jobs.enqueueMany(
      transaction,
      done.map(({ workspaceId, postId }) => settledJob(workspaceId, postId)),
    );
  }
  return settlements.map((settlement) => held.has(settlement.deliveryId));
}

/** Locks the deliveries at their fences, in one order for all workers, and writes the attempts of those that are held. */
async function lockAndSettleAttempts(
  transaction: Kysely<Schema>,
  settlements: Settlement[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    with input as (
      select * from jsonb_to_recordset(${JSON.stringify(settlements)}::jsonb) as i (
        "workspaceId" uuid, "deliveryId" uuid, fence bigint, attempt jsonb)),
    held as (
      select d.workspace_id, d.id, i.fence, i.attempt
      from deliveries d join input i on d.workspace_id = i."workspaceId" and d.id = i."deliveryId" and d.fence = i.fence
      order by d.id
      for update of d),
    settled as (
      update delivery_attempts a
      set state = o.state, settled_fence = held.fence,
        settled_at = case when o."settledBy" is null then a.settled_at else clock_timestamp() end,
        settled_by = coalesce(o."settledBy", a.settled_by),
        settled_by_user = coalesce(o."settledByUser", a.settled_by_user),
        external_id = coalesce(o."externalId", a.external_id),
        external_url = coalesce(o."externalUrl", a.external_url),
        external_data = coalesce(o."externalData", a.external_data),
        external_created_at = coalesce(o."externalCreatedAt", a.external_created_at),
        looked_at = coalesce(o."lookedAt", a.looked_at),
        covers_from = coalesce(o."coversFrom", a.covers_from),
        looks = coalesce(o.looks, a.looks),
        window_ms = greatest(o."windowMs", a.window_ms),
        error_code = coalesce(o."errorCode", a.error_code),
        error_message = coalesce(o."errorMessage", a.error_message),
        evidence = coalesce(o.evidence, a.evidence)
      from held, jsonb_to_record(held.attempt) as o (
        id uuid, state text, "externalId" text, "externalUrl" text, "externalData" jsonb, "externalCreatedAt" timestamptz,
        "settledBy" text, "settledByUser" uuid, "lookedAt" timestamptz, "coversFrom" timestamptz, looks integer,
        "windowMs" integer, "errorCode" text, "errorMessage" text, evidence text)
      where a.workspace_id = held.workspace_id and a.delivery_id = held.id and a.id = o.id)
    select id from held`.execute(transaction);
  return new Set(rows.map((row) => row.id));
}

async function moveDeliveries(transaction: Kysely<Schema>, settlements: Settlement[]): Promise<void> {
  const input = settlements.map(({ workspaceId, deliveryId, fence, next }) => ({
    workspaceId,
    deliveryId,
    fence,
    ...next,
    settled: next !== null && settledStates.has(next.state),
  }));
  await sql`
    update deliveries d
    set state = i.state, lease_until = null, updated_at = clock_timestamp(),
      -- Whoever takes a row that nobody owns moves the fence; leaving an owner keeps it.
      fence = d.fence + case when d.state in ('claimed', 'in_flight', 'reconciling') then 0 else 1 end,
      wake_at = clock_timestamp() + i."waitMs" * interval '1 millisecond',
      tries = i.tries, error_code = i."errorCode", error_message = i."errorMessage",
      external_url = coalesce(i."externalUrl", d.external_url),
      finished_at = case when i.settled then clock_timestamp() end
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (
      "workspaceId" uuid, "deliveryId" uuid, fence bigint, state text, "waitMs" float8, tries integer,
      "errorCode" text, "errorMessage" text, "externalUrl" text, settled boolean)
    where d.workspace_id = i."workspaceId" and d.id = i."deliveryId" and d.fence = i.fence`.execute(
    transaction,
  );
}
