import { canBeAnswered, type ConnectorRegistry, externalIdIn } from "#connectors";
import type { Actor } from "#kit";
import { recordEvent } from "#platform/audit";
import { type Database, isUniqueViolation, type Schema } from "#platform/db";
import type { Jobs } from "#platform/jobs";
import { type Kysely, sql } from "kysely";
import { type Doubt, idSeenAt } from "../model/doubt.ts";
import { DeliveryError, notFound } from "../model/errors.ts";
import { publishTask } from "../order/order.ts";
import { settledJobs } from "../model/settlement.ts";
import { writeSettlements } from "../model/settlements.store.ts";
import { type DeliveryState, settledStates } from "../model/state.ts";

/** What a person says about a post that Galley cannot read back. */
export type Resolution =
  /** `rest`: of a part, whether what follows is sent, by default, or given up. */
  { outcome: "live"; url: string | null; rest?: "send" | "leave" } | { outcome: "absent" };

type Locked = {
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

/** Takes the row from whoever has it: with the next fence, every other owner's writes find nothing. */
async function takeOver(
  transaction: Kysely<Schema>,
  workspaceId: string,
  id: string,
  states: readonly DeliveryState[],
  refusal: string,
): Promise<Locked> {
  const { rows } = await sql<Locked>`
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

type Reason = { code: string; message: string };

const late: Reason = {
  code: "delivery.late",
  message: "It is later than the workspace allows. Publish it now or cancel it.",
};
const restLeft: Reason = {
  code: "delivery.rest_left",
  message: "A person said that this part is live, and that the rest is not to be sent.",
};

/** Moves a row that was taken over to where a person's decision leads, with a fence for the next owner. */
async function moveOn(
  transaction: Kysely<Schema>,
  workspaceId: string,
  id: string,
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

/**
 * A person says what became of a post whose answer was lost. "It is live" is final and may be said at any
 * time; "it is not" lets it be sent again, so it is taken only when the window has passed and Galley asks.
 *
 * @throws DeliveryError `delivery.not_found`, `delivery.wrong_state`
 */
export async function resolveDelivery(
  deps: { database: Database; jobs: Jobs; connectors: ConnectorRegistry },
  actor: Actor,
  id: string,
  resolution: Resolution,
): Promise<void> {
  const resolving = deps.database.inWorkspace(actor.workspaceId, async (transaction) => {
    const live = resolution.outcome === "live";
    const row = await takeOver(
      transaction,
      actor.workspaceId,
      id,
      live ? ["ambiguous", "reconciling", "needs_human"] : ["needs_human"],
      live
        ? "The outcome of this delivery is known already."
        : "Galley is not asking about this delivery. It may still appear; wait until Galley asks.",
    );
    if (row.attemptId === null || row.attemptItem === null) throw notFound();
    const last = row.attemptItem + 1 === row.itemCount;
    const connector = deps.connectors.get(row.connector);
    const url = resolution.outcome === "live" ? resolution.url : null;
    // An address that Galley has read itself names what it read, also where addresses hold no id.
    const externalId =
      url === null ? null : (idSeenAt(row.doubt, url) ?? (connector ? externalIdIn(connector, url) : null));
    const isRestLeft = resolution.outcome === "live" && resolution.rest === "leave" && !last;
    if (live && !last && !isRestLeft && connector?.externalIdOf) {
      const told = { externalId: externalId ?? "", url };
      if (!canBeAnswered(connector, told)) throw needsAddress(connector.name);
    }
    const again = row.late ? "missed" : "scheduled";
    const whole = row.hasRefused ? "partly" : "confirmed";
    const state = isRestLeft ? "partly" : live && last ? whole : again;
    await writeSettlements(transaction, [
      {
        workspaceId: actor.workspaceId,
        deliveryId: id,
        fence: row.fence,
        attempt: {
          id: row.attemptId,
          state: live ? "confirmed" : "absent_proven",
          settledBy: "person",
          settledByUser: actor.userId,
          ...(live ? { externalUrl: url } : {}),
          ...(externalId === null ? {} : { externalId }),
        },
        next: null,
      },
    ]);
    await moveOn(transaction, actor.workspaceId, id, {
      state,
      error: isRestLeft ? restLeft : state === "missed" ? late : null,
      externalUrl: resolution.outcome === "live" ? resolution.url : null,
    });
    await deps.jobs.enqueueMany(
      transaction,
      settledJobs([{ workspaceId: actor.workspaceId, postId: row.postId }]),
    );
    if (state === "scheduled") await deps.jobs.enqueue(transaction, publishTask, {});
    await recordEvent(transaction, {
      actor,
      action: "delivery.resolved",
      target: { kind: "delivery", id },
      details: { ...resolution },
    });
  });
  await resolving.catch((error: unknown) => {
    throw isUniqueViolation(error, "delivery_attempts_external") ? addressTaken(error) : error;
  });
}

/** The next part of a thread answers this one, so its address has to be one that the platform understands. */
function needsAddress(platform: string): DeliveryError {
  return new DeliveryError({
    code: "delivery.needs_address",
    kind: "unprocessable",
    message: `The next part answers this one. Paste the address of this part as ${platform} shows it, or leave the rest unsent.`,
    problems: [
      {
        path: "/url",
        code: "delivery.needs_address",
        message: `An address of a post on ${platform} is needed.`,
      },
    ],
  });
}

function addressTaken(cause: unknown): DeliveryError {
  return new DeliveryError({
    code: "delivery.address_taken",
    kind: "conflict",
    message: "This is the address of another post that Galley knows. Paste the one of this post.",
    cause,
  });
}

/**
 * A person asks for another try, with a fresh grace: of what was refused, missed or waits for a new
 * connection. Where Galley asks what became of a post, it looks once more instead of sending.
 *
 * @throws DeliveryError `delivery.not_found`, `delivery.wrong_state`
 */
export async function retryDelivery(
  deps: { database: Database; jobs: Jobs },
  actor: Actor,
  id: string,
): Promise<void> {
  await deps.database.inWorkspace(actor.workspaceId, async (transaction) => {
    const row = await takeOver(
      transaction,
      actor.workspaceId,
      id,
      ["rejected", "missed", "needs_reconnect", "needs_human", "skipped"],
      "This delivery cannot be tried again in its present state.",
    );
    const state = row.state === "needs_human" ? "ambiguous" : "scheduled";
    await sql`
      update deliveries set late_after = greatest(due_at, clock_timestamp()) + grace_seconds * interval '1 second'
      where workspace_id = ${actor.workspaceId} and id = ${id}`.execute(transaction);
    await moveOn(transaction, actor.workspaceId, id, { state, error: null, externalUrl: null });
    await deps.jobs.enqueueMany(
      transaction,
      settledJobs([{ workspaceId: actor.workspaceId, postId: row.postId }]),
    );
    if (state === "scheduled") await deps.jobs.enqueue(transaction, publishTask, {});
    await recordEvent(transaction, { actor, action: "delivery.retried", target: { kind: "delivery", id } });
  });
}

/**
 * A person gives up what is left of a post of which a part is live: a thread whose second part was refused, a post
 * without its first comment. It ends as what it is, with what went wrong; nothing of it is ever sent again.
 *
 * @throws DeliveryError `delivery.not_found`, `delivery.wrong_state`, `delivery.nothing_live`
 */
export async function leaveDelivery(
  deps: { database: Database; jobs: Jobs },
  actor: Actor,
  id: string,
): Promise<void> {
  const { workspaceId } = actor;
  await deps.database.inWorkspace(workspaceId, async (transaction) => {
    const row = await takeOver(
      transaction,
      workspaceId,
      id,
      ["rejected", "missed", "needs_reconnect"],
      "Only what has stopped can be left as it is.",
    );
    if (row.live === 0) throw nothingLive();
    await sql`
      update deliveries set state = 'partly', fence = fence + 1, lease_until = null,
        updated_at = clock_timestamp(), finished_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${id}`.execute(transaction);
    await deps.jobs.enqueueMany(transaction, settledJobs([{ workspaceId, postId: row.postId }]));
    await recordEvent(transaction, {
      actor,
      action: "delivery.left",
      target: { kind: "delivery", id },
      details: { from: row.state, live: row.live, items: row.itemCount },
    });
  });
}

function nothingLive(): DeliveryError {
  return new DeliveryError({
    code: "delivery.nothing_live",
    kind: "conflict",
    message: "Nothing of it is live, so there is nothing to leave as it is. Cancel the post instead.",
  });
}
