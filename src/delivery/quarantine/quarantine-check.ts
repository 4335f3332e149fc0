import { ConnectorFailure, type Plan, type Settling } from "#connectors";
import { GalleyError, newId } from "#kit";
import type { Database } from "#platform/db";
import type { DeliveryDeps } from "../deps.ts";
import type { Claimed } from "../model/claimed.ts";
import { restored } from "../model/codes.ts";
import type { NextStep } from "../model/settlement.ts";
import { writeSettlements } from "../model/settlements.store.ts";
import { backOffMs } from "../model/verdicts.ts";
import { windowFor } from "../model/window.ts";
import { deliveryInput, frozenProblem, hashItems, storablePlan } from "../send/frozen.ts";
import { whileHeld } from "../send/lease.ts";
import { identify, refuse, release, type Work } from "../send/outcome.ts";
import { forgetLook, longestPauseMs, writeLookFor } from "./quarantine.store.ts";

const waiting = {
  errorCode: restored,
  errorMessage:
    "Galley's database has lost a part of its history; whether this was sent in it is looked up on the platform.",
};
const unknowable =
  "Galley's database has lost a part of its history, and the platform could not be asked whether this post was sent in it. Look there before you publish it again.";

/** About four minutes of asking, with growing pauses, before a person is asked instead. */
const mostTries = 50;

/** A refusal stays one; all else may pass. */
function mayPass(error: unknown): boolean {
  if (error instanceof ConnectorFailure) return error.verdict !== "rejected";
  return !(error instanceof GalleyError) || error.retryable;
}

function isForAccess(error: unknown): error is ConnectorFailure | GalleyError {
  if (error instanceof ConnectorFailure) return error.verdict === "unauthorized";
  return error instanceof GalleyError && error.code === "channels.needs_reconnect";
}

/**
 * Makes a delivery that may have been sent in a lost history ambiguous, so that it is read back like every lost
 * answer: found, proven absent, or a person is asked. Nothing is sent. Without an access it waits for one. Where not even
 * a plan can be made, after several tries, it is missed, and asks. Never throws.
 */
export async function lookForDelivery(
  deps: DeliveryDeps,
  database: Database,
  claimed: Claimed,
  stopping: AbortSignal,
): Promise<void> {
  const now = performance.now();
  const leaseEndsAt = now + deps.settings.leaseMs;
  const abort = new AbortController();
  // However late it is: what may have been sent is looked up, and then missed or not.
  const work: Work = { claimed, lateAt: Infinity, leaseEndsAt, abort, credentialsAt: null };
  try {
    const problem = frozenProblem(claimed);
    if (problem !== null) {
      await refuse(deps, claimed, "delivery.content_changed", problem);
      return;
    }
    const held = await whileHeld(deps, work, stopping, () => openAndPlan(deps, work));
    if ("value" in held) await record(deps, database, claimed, held.value);
    else if (held.interruption === "stopping") await release(deps, claimed);
    else if (held.interruption !== "lost") throw new TypeError(`preparing was ${held.interruption}`);
  } catch (error) {
    deps.log.warn(
      { err: error, deliveryId: claimed.id },
      "a delivery whose history was lost cannot be looked up",
    );
    await giveBack(database, claimed, afterFailure(claimed, error)).catch((failure: unknown) =>
      deps.log.error({ err: failure, deliveryId: claimed.id }, "not written"),
    );
  } finally {
    abort.abort();
  }
}

async function giveBack(database: Database, claimed: Claimed, next: NextStep): Promise<void> {
  await database.system.transaction().execute(async (transaction) => {
    const [written] = await writeSettlements(transaction, [{ ...identify(claimed), attempt: null, next }]);
    if (written && next.state === "missed") await forgetLook(transaction, claimed);
  });
}

function afterFailure(claimed: Claimed, error: unknown): NextStep {
  const tries = claimed.tries + 1;
  // It is looked for once the channel is connected again.
  if (isForAccess(error)) {
    const { code, message } = error;
    return {
      state: "needs_reconnect",
      waitMs: 0,
      tries,
      externalUrl: null,
      errorCode: code,
      errorMessage: message,
    };
  }
  if (!mayPass(error) || tries >= mostTries) {
    return { state: "missed", waitMs: 0, tries, externalUrl: null, ...waiting, errorMessage: unknowable };
  }
  const waitMs = Math.min(longestPauseMs, backOffMs(tries, Math.random()));
  return { state: "scheduled", waitMs, tries, externalUrl: null, ...waiting };
}

type Looked = { plan: Plan; settling: Settling };

/** An expired access is renewed; nothing is sent in quarantine, so that nobody else would find out that one was withdrawn. */
async function openAndPlan(deps: DeliveryDeps, { claimed, abort }: Work): Promise<Looked> {
  const { workspaceId, channelId } = claimed;
  for (let refresh = false; ; refresh = true) {
    const options = { whilePaused: true, refresh };
    const opened = await deps.channels.open(workspaceId, channelId, abort.signal, options);
    const { connector, context, credentialsAt = null } = opened;
    try {
      const plan =
        claimed.plan ?? storablePlan(await connector.prepare(context, deliveryInput(claimed, deps.files)));
      return { plan, settling: connector.settling(context) };
    } catch (error) {
      if (!(error instanceof ConnectorFailure) || error.verdict !== "unauthorized") throw error;
      if (error.refreshable && !refresh) continue;
      await deps.channels.needsReconnect(workspaceId, channelId, error.message, credentialsAt);
      throw error;
    }
  }
}

async function record(
  deps: DeliveryDeps,
  database: Database,
  claimed: Claimed,
  { plan, settling }: Looked,
): Promise<void> {
  const itemHashes = claimed.itemHashes ?? hashItems(plan);
  const item = claimed.attempts.filter(({ state }) => state === "confirmed").length;
  const earlier = claimed.attempts.filter((attempt) => attempt.item === item).map(({ number }) => number);
  const kind = plan.items[item]?.kind;
  if (kind === undefined) throw new TypeError("every item is confirmed");
  const attemptId = newId();
  await database.system.transaction().execute(async (transaction) => {
    const stands = await writeLookFor(transaction, {
      claimed,
      attemptId,
      item,
      number: 1 + Math.max(0, ...earlier),
      kind,
      plan,
      itemHashes,
      deadlineMs: settling.deadlineMs,
      windowMs: Math.ceil(windowFor(settling, deps.settings, claimed)),
    });
    if (!stands) return;
    await writeSettlements(transaction, [
      {
        ...identify(claimed),
        attempt: { id: attemptId, state: "ambiguous", ...waiting },
        next: { state: "ambiguous", waitMs: 0, tries: 0, externalUrl: null, ...waiting },
      },
    ]);
  });
}
