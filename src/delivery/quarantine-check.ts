import { type Connector, type ConnectorContext, ConnectorFailure, type Plan } from "#connectors";
import { GalleyError, newId } from "#kit";
import type { Database } from "#platform/db";
import type { Claimed } from "./claim.ts";
import { deliveryInput, frozenProblem, hashItems, storablePlan } from "./frozen.ts";
import { identify, refuse } from "./outcome.ts";
import { writeLookFor } from "./quarantine.store.ts";
import { writeSettlements } from "./settle.ts";
import { type Tools, windowFor } from "./tools.ts";
import { backOffMs } from "./verdicts.ts";

const restored = {
  errorCode: "delivery.restored",
  errorMessage: "The database was restored from a backup; whether this was sent since then is looked up.",
};
const unknowable =
  "The database was restored from a backup, and the platform could not be asked whether this post was sent since. Look there before you publish it again.";

/** About four minutes of asking, with growing pauses, before a person is asked instead. */
const mostTries = 7;

/** A refusal stays one, and a channel that is to be connected again needs a person anyway. */
function mayPass(error: unknown): boolean {
  if (error instanceof ConnectorFailure) return error.verdict !== "rejected";
  return !(error instanceof GalleyError) || error.retryable;
}

/**
 * Makes a delivery that may have been sent after the backup ambiguous, so that it is read back like every lost
 * answer: found, proven absent, or a person is asked. Nothing is sent. Where not even a plan can be made, after
 * several tries, it is missed, and asks. Never throws.
 */
export async function lookForDelivery(tools: Tools, database: Database, claimed: Claimed): Promise<void> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), tools.settings.leaseMs - tools.settings.marginMs);
  try {
    const problem = frozenProblem(claimed);
    if (problem !== null) {
      await refuse(tools, claimed, "delivery.content_changed", problem);
      return;
    }
    await record(tools, database, claimed, abort.signal);
  } catch (error) {
    tools.log.warn(
      { err: error, deliveryId: claimed.id },
      "a delivery cannot be looked up after the restore",
    );
    const tries = claimed.tries + 1;
    const next =
      mayPass(error) && tries < mostTries
        ? { state: "scheduled" as const, waitMs: backOffMs(tries, Math.random()), ...restored }
        : { state: "missed" as const, waitMs: 0, ...restored, errorMessage: unknowable };
    await tools
      .settle({ ...identify(claimed), attempt: null, next: { ...next, tries, externalUrl: null } })
      .catch((failure: unknown) => tools.log.error({ err: failure, deliveryId: claimed.id }, "not written"));
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** An expired access is renewed; nothing is sent in quarantine, so that nobody else would find out that one was withdrawn. */
async function openAndPlan(
  tools: Tools,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<{ connector: Connector; context: ConnectorContext; plan: Plan }> {
  const { workspaceId, channelId } = claimed;
  for (let refresh = false; ; refresh = true) {
    const options = { whilePaused: true, refresh };
    const opened = await tools.channels.open(workspaceId, channelId, signal, options);
    const { connector, context, credentialsAt = null } = opened;
    try {
      const plan =
        claimed.plan ?? storablePlan(await connector.prepare(context, deliveryInput(claimed, tools.files)));
      return { connector, context, plan };
    } catch (error) {
      if (!(error instanceof ConnectorFailure) || error.verdict !== "unauthorized") throw error;
      if (error.refreshable && !refresh) continue;
      await tools.channels.needsReconnect(workspaceId, channelId, error.message, credentialsAt);
      throw error;
    }
  }
}

async function record(
  tools: Tools,
  database: Database,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<void> {
  const { connector, context, plan } = await openAndPlan(tools, claimed, signal);
  const itemHashes = claimed.itemHashes ?? hashItems(plan);
  const item = claimed.attempts.filter(({ state }) => state === "confirmed").length;
  const earlier = claimed.attempts.filter((attempt) => attempt.item === item).map(({ number }) => number);
  const kind = plan.items[item]?.kind;
  if (kind === undefined) throw new TypeError("every item is confirmed");
  const settling = connector.settling(context);
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
      windowMs: Math.ceil(windowFor(settling, tools.settings, claimed.learnedMs)),
    });
    if (!stands) return;
    await writeSettlements(transaction, [
      {
        ...identify(claimed),
        attempt: { id: attemptId, state: "ambiguous", ...restored },
        next: { state: "ambiguous", waitMs: 0, tries: 0, externalUrl: null, ...restored },
      },
    ]);
  });
}
