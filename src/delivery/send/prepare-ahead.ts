import { ConnectorFailure, type Plan } from "#connectors";
import type { Database } from "#platform/db";
import type { DeliveryDeps } from "../deps.ts";
import { assertTarget, deliveryInput, frozenProblem, storablePlan } from "./frozen.ts";
import { whileHeld } from "./lease.ts";
import type { Work } from "./outcome.ts";
import { endPreparation, keepPreparation, type Preparing, renewPreparation } from "./preparations.store.ts";

/**
 * Prepares a delivery that is not due yet: uploads and containers, never the visible call. The delivery
 * itself stays scheduled and untouched, and whatever goes wrong here is tried again when it is due, where
 * a failure is told to people. Never throws.
 */
export async function prepareAhead(
  deps: DeliveryDeps,
  database: Database,
  preparing: Preparing,
  stopping: AbortSignal,
): Promise<void> {
  const { leaseMs } = deps.settings;
  const started = performance.now();
  const work: Work = {
    claimed: preparing,
    lateAt: started + preparing.lateInMs,
    leaseEndsAt: started + leaseMs,
    abort: new AbortController(),
    credentialsAt: null,
  };
  const underOwnLease = { ...deps, renewLease: () => renewPreparation(database.system, preparing, leaseMs) };
  try {
    const held = await whileHeld(underOwnLease, work, stopping, () => plan(deps, work));
    if ("value" in held) await keepPreparation(database.system, preparing, held.value);
    else await endPreparation(database.system, preparing, held.interruption === "too_slow");
  } catch (error) {
    deps.log.info({ err: error, deliveryId: preparing.id }, "not prepared ahead of time");
    await giveUp(deps, database, preparing);
  } finally {
    work.abort.abort();
  }
}

async function giveUp(deps: DeliveryDeps, database: Database, preparing: Preparing): Promise<void> {
  try {
    await endPreparation(database.system, preparing, true);
  } catch (error) {
    // Its lease ends by itself.
    deps.log.warn({ err: error, deliveryId: preparing.id }, "preparation not set free");
  }
}

async function plan(deps: DeliveryDeps, { claimed, abort }: Work): Promise<Plan> {
  const problem = frozenProblem(claimed);
  if (problem !== null) {
    throw new ConnectorFailure({ verdict: "rejected", code: "delivery.content_changed", message: problem });
  }
  const { connector, context } = await deps.channels.open(
    claimed.workspaceId,
    claimed.channelId,
    abort.signal,
  );
  await assertTarget(claimed, connector, context);
  return storablePlan(await connector.prepare(context, deliveryInput(claimed, deps.files)));
}
