import type { Kysely } from "kysely";
import type { ConnectorRegistry } from "#connectors";
import type { Actor } from "#kit";
import { type Database, isUniqueViolation, type Schema } from "#platform/db";
import { append } from "#platform/events";
import type { Jobs } from "#platform/jobs";
import { deliveryLeft, deliveryResolved, deliveryRetried } from "../events.ts";
import { DeliveryError, notFound } from "../model/errors.ts";
import { appendSettled } from "../model/settled.ts";
import { writeSettlements } from "../model/settlements.store.ts";
import { stoppedStates, uncertainStates } from "../model/state.ts";
import { publishTask } from "../order/order.ts";
import { acknowledgeSecondCopy } from "../reconcile/later-looks.ts";
import { type DeliveryView, findDelivery } from "../views/deliveries.read.ts";
import { applyDecision, fence, leaveAsIs, restartGrace } from "./decisions.store.ts";
import { followsFrom, type Resolution } from "./resolution.ts";

/** What people decide about deliveries, each with what the delivery is then. */
export type Decisions = {
  resolve(actor: Actor, id: string, resolution: Resolution): Promise<DeliveryView>;
  retry(actor: Actor, id: string): Promise<DeliveryView>;
  /** Gives up what is left of a post of which a part is live. */
  leave(actor: Actor, id: string): Promise<DeliveryView>;
  /** A second copy is settled, by a person's word; `id` is the copy's. */
  acknowledgeCopy(actor: Actor, id: string): Promise<DeliveryView>;
};

type DecisionDeps = { database: Database; jobs: Jobs; connectors: ConnectorRegistry };

export function createDecisions(deps: DecisionDeps): Decisions {
  const { database } = deps;

  async function view(workspaceId: string, id: string): Promise<DeliveryView> {
    const found = await findDelivery(database, workspaceId, id);
    if (found) return found;
    throw notFound();
  }

  return {
    resolve: async (actor, id, resolution) => {
      await resolveDelivery(deps, actor, id, resolution);
      return view(actor.workspaceId, id);
    },
    retry: async (actor, id) => {
      await retryDelivery(deps, actor, id);
      return view(actor.workspaceId, id);
    },
    leave: async (actor, id) => {
      await leaveDelivery(deps, actor, id);
      return view(actor.workspaceId, id);
    },
    acknowledgeCopy: async (actor, id) =>
      view(actor.workspaceId, await acknowledgeSecondCopy(database, actor, id)),
  };
}

const resolvableAs = {
  live: {
    states: uncertainStates,
    refusal: "The outcome of this delivery is known already.",
  },
  absent: {
    states: ["needs_human"],
    refusal: "Galley is not asking about this delivery. It may still appear; wait until Galley asks.",
  },
} as const;

/**
 * A person says what became of a post whose answer was lost. "It is live" is final and may be said at any
 * time; "it is not" lets it be sent again, so it is taken only when the window has passed and Galley asks.
 *
 * @throws DeliveryError `delivery.not_found`, `delivery.wrong_state`, `delivery.needs_address`,
 *   `delivery.address_taken`
 */
async function resolveDelivery(
  deps: DecisionDeps,
  actor: Actor,
  id: string,
  resolution: Resolution,
): Promise<void> {
  const { workspaceId, userId } = actor;
  const resolving = deps.database.inWorkspace(workspaceId, async (transaction) => {
    const row = await fence(transaction, { workspaceId, id }, resolvableAs[resolution.outcome]);
    const { attemptId, attemptItem } = row;
    if (attemptId === null || attemptItem === null) throw notFound();
    const isLast = attemptItem + 1 === row.itemCount;
    const { attempt, next } = followsFrom(resolution, { ...row, isLast }, deps.connectors.get(row.connector));
    await writeSettlements(transaction, [
      {
        workspaceId,
        deliveryId: id,
        fence: row.fence,
        attempt: { id: attemptId, settledBy: "person", settledByUser: userId, ...attempt },
        next: null,
      },
    ]);
    await applyDecision(transaction, { workspaceId, id }, next);
    await announce(deps.jobs, transaction, {
      workspaceId,
      postId: row.postId,
      isDue: next.state === "scheduled",
    });
    await append(transaction, deliveryResolved, { actor, targetId: id, data: { ...resolution } });
  });
  await resolving.catch((error: unknown) => {
    throw isUniqueViolation(error, "delivery_attempts_external") ? addressTaken(error) : error;
  });
}

/** Says so, and wakes a worker, in the transaction that decided. */
async function announce(
  jobs: Jobs,
  transaction: Kysely<Schema>,
  { workspaceId, postId, isDue }: { workspaceId: string; postId: string; isDue: boolean },
): Promise<void> {
  await appendSettled(transaction, [{ workspaceId, postId }]);
  if (isDue) await jobs.enqueue(transaction, publishTask, {});
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
async function retryDelivery({ database, jobs }: DecisionDeps, actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  await database.inWorkspace(workspaceId, async (transaction) => {
    const row = await fence(
      transaction,
      { workspaceId, id },
      {
        states: ["rejected", "missed", "needs_reconnect", "needs_human", "skipped"],
        refusal: "This delivery cannot be tried again in its present state.",
      },
    );
    const state = row.state === "needs_human" ? "ambiguous" : "scheduled";
    await restartGrace(transaction, { workspaceId, id });
    await applyDecision(transaction, { workspaceId, id }, { state, error: null, externalUrl: null });
    await announce(jobs, transaction, { workspaceId, postId: row.postId, isDue: state === "scheduled" });
    await append(transaction, deliveryRetried, { actor, targetId: id });
  });
}

/**
 * A person gives up what is left of a post of which a part is live: a thread whose second part was refused, a post
 * without its first comment. It ends as what it is, with what went wrong; nothing of it is ever sent again.
 *
 * @throws DeliveryError `delivery.not_found`, `delivery.wrong_state`, `delivery.nothing_live`
 */
async function leaveDelivery({ database, jobs }: DecisionDeps, actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  await database.inWorkspace(workspaceId, async (transaction) => {
    const row = await fence(
      transaction,
      { workspaceId, id },
      {
        states: stoppedStates,
        refusal: "Only what has stopped can be left as it is.",
      },
    );
    if (row.live === 0) throw nothingLive();
    await leaveAsIs(transaction, { workspaceId, id });
    await announce(jobs, transaction, { workspaceId, postId: row.postId, isDue: false });
    await append(transaction, deliveryLeft, {
      actor,
      targetId: id,
      data: { from: row.state, live: row.live, items: row.itemCount },
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
