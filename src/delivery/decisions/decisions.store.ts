import { type Kysely, sql } from "kysely";
import type { Schema } from "#platform/db";
import type { Doubt } from "../model/doubt.ts";
import { DeliveryError, notFound } from "../model/errors.ts";
import { type DeliveryState, settledStates } from "../model/state.ts";

type DeliveryRef = { workspaceId: string; id: string };

/** A delivery that nobody else may write to until the transaction ends. */
export type Fenced = {
  postId: string;
  state: DeliveryState;
  fence: number;
  itemCount: number | null;
  connector: string;
  late: boolean;
  attemptId: string | null;
  attemptItem: number | null;
  /** What its looks have shown. */
  doubt: Doubt | null;
  /** How many of its items are live. */
  live: number;
  /** Recipients of it were refused. */
  hasRefused: boolean;
};

/**
 * Takes the row from whoever has it: with the next fence, every other owner's writes find nothing.
 *
 * @throws DeliveryError `delivery.not_found`; `delivery.wrong_state`, with the words of `refusal`, where it is in none of
 *   these states
 */
export async function fence(
  transaction: Kysely<Schema>,
  { workspaceId, id }: DeliveryRef,
  { states, refusal }: { states: readonly DeliveryState[]; refusal: string },
): Promise<Fenced> {
  const { rows } = await sql<Fenced>`
    update deliveries d set fence = d.fence + 1
    where d.workspace_id = ${workspaceId} and d.id = ${id}
    returning d.post_id as "postId", d.state, d.fence, d.item_count as "itemCount", d.connector,
      d.late_after <= clock_timestamp() as late,
      (select a.id from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state = 'ambiguous') as "attemptId",
      (select a.item from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state = 'ambiguous') as "attemptItem",
      (select a.doubt from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state = 'ambiguous') as doubt,
      (select count(*)::integer from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.state in ('confirmed', 'partly')) as live,
      exists (select from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.refused <> '[]'
          and a.state <> 'absent_proven') as "hasRefused"`.execute(transaction);
  const row = rows[0];
  if (!row) throw notFound();
  if (states.includes(row.state)) return row;
  throw new DeliveryError({ code: "delivery.wrong_state", kind: "conflict", message: refusal });
}

/** Why it is where it is, in words for people. */
export type Reason = { code: string; message: string };

/** Moves a fenced row to where a person's decision leads, with a fence for the next owner. */
export async function applyDecision(
  transaction: Kysely<Schema>,
  { workspaceId, id }: DeliveryRef,
  to: { state: DeliveryState; error: Reason | null; externalUrl: string | null },
): Promise<void> {
  await sql`
    update deliveries set state = ${to.state}, fence = fence + 1, lease_until = null, tries = 0,
      -- What was skipped may be sent for a time that is still to come.
      wake_at = greatest(due_at, clock_timestamp()), updated_at = clock_timestamp(),
      error_code = ${to.error?.code ?? null}, error_message = ${to.error?.message ?? null},
      external_url = coalesce(${to.externalUrl}, external_url),
      finished_at = case when ${settledStates.has(to.state)}::boolean then clock_timestamp() end
    where workspace_id = ${workspaceId} and id = ${id}`.execute(transaction);
}

/** Its grace begins anew, at its due time or now. */
export async function restartGrace(
  transaction: Kysely<Schema>,
  { workspaceId, id }: DeliveryRef,
): Promise<void> {
  await sql`
    update deliveries set late_after = greatest(due_at, clock_timestamp()) + grace_seconds * interval '1 second'
    where workspace_id = ${workspaceId} and id = ${id}`.execute(transaction);
}

/** Ends what is live in part, with what went wrong. */
export async function leaveAsIs(
  transaction: Kysely<Schema>,
  { workspaceId, id }: DeliveryRef,
): Promise<void> {
  await sql`
    update deliveries set state = 'partly', fence = fence + 1, lease_until = null,
      updated_at = clock_timestamp(), finished_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${id}`.execute(transaction);
}
