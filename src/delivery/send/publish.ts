import type { Connector, ConnectorContext, ItemRef, Plan, Published, Settling } from "#connectors";
import { canBeAnswered, ConnectorFailure } from "#connectors";
import { isOver, newId, setDeadline } from "#kit";
import { isDatabaseUnavailable, sqlState } from "#platform/db";
import type { DeliveryDeps } from "../deps.ts";
import type { Claimed } from "../model/claimed.ts";
import type { Intent } from "../model/intent.ts";
import { itemKey, leftOver, publishedBefore } from "../model/items.ts";
import { isSlowToPrepare } from "../model/slow.ts";
import { windowFor } from "../model/window.ts";
import {
  assertTarget,
  deliveryInput,
  frozenProblem,
  hashItems,
  storablePlan,
  targetChanged,
} from "./frozen.ts";
import { type Held, whileHeld, writeInterruption } from "./lease.ts";
import {
  type Work,
  confirm,
  identify,
  refuse,
  release,
  surrender,
  writePrepareFailure,
  writeSendFailure,
} from "./outcome.ts";

/** How often a due delivery looks whether its preparation is done. */
const waitForPreparationMs = 1_000;
/** And how soon again, where our own database had no room for it. */
const waitForDatabaseMs = 1_000;

type Sending = Work & {
  connector: Connector;
  context: ConnectorContext;
  plan: Plan;
  hashes: string[];
  isNew: boolean;
};

/**
 * Publishes one claimed delivery, item by item, from the first that is not confirmed. Every way out
 * writes what is known at the fence of the claim, or leaves the rest to the end of the lease. Never
 * throws. `stopping` ends it while it prepares or before the next intent, never between an intent and its
 * outcome.
 */
export async function publishDelivery(
  deps: DeliveryDeps,
  claimed: Claimed,
  stopping: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const work: Work = {
    claimed,
    lateAt: started + claimed.lateInMs,
    leaseEndsAt: started + deps.settings.leaseMs,
    abort: new AbortController(),
    credentialsAt: null,
  };
  try {
    const sending = await prepareToSend(deps, work, stopping);
    if (sending) await sendItems(deps, sending, stopping);
  } catch (error) {
    // What could not be written down is decided by the end of the lease.
    deps.log.error({ err: error, deliveryId: claimed.id }, "delivery stopped");
  } finally {
    work.abort.abort();
  }
}

/** Opens the channel and has a plan, the stored one or a new one; null when that failed and is written. */
async function prepareToSend(deps: DeliveryDeps, work: Work, stopping: AbortSignal): Promise<Sending | null> {
  const problem = frozenProblem(work.claimed);
  if (problem !== null) {
    await refuse(deps, work.claimed, "delivery.content_changed", problem);
    return null;
  }
  let held: Held<Sending | "preparing">;
  try {
    held = await whileHeld(deps, work, stopping, () => openAndPlan(deps, work));
  } catch (error) {
    // Our own database, busy or away, is no failure of the post: no try is counted, and no back-off grows.
    if (isDatabaseUnavailable(error)) await release(deps, work.claimed, waitForDatabaseMs);
    else await writePrepareFailure(deps, work, error);
    return null;
  }
  if ("value" in held) {
    if (held.value !== "preparing") return held.value;
    // What is being uploaded already is not uploaded a second time beside it.
    await release(deps, work.claimed, waitForPreparationMs);
    return null;
  }
  await writeInterruption(deps, work, held.interruption);
  return null;
}

/** An expired token is renewed and tried once more right here: nothing was sent. */
async function openAndPlan(deps: DeliveryDeps, work: Work): Promise<Sending | "preparing"> {
  const prepared = await preparedPlan(deps, work);
  if (prepared === "preparing") return prepared;
  // The platform refused the token of the last attempt: this one needs another.
  const refresh = work.claimed.attempts.at(-1)?.state === "unauthorized";
  try {
    return await openAndPlanWith(deps, work, prepared, refresh);
  } catch (error) {
    const mayHelp =
      error instanceof ConnectorFailure && error.verdict === "unauthorized" && error.refreshable;
    if (!mayHelp || refresh) throw error;
    return openAndPlanWith(deps, work, prepared, true);
  }
}

/** What was prepared ahead of the due time; null where nothing was or need be. */
async function preparedPlan(deps: DeliveryDeps, { claimed }: Work): Promise<Plan | "preparing" | null> {
  if (claimed.plan !== null || !isSlowToPrepare(claimed.content.media)) return null;
  return deps.findPreparation(claimed);
}

async function openAndPlanWith(
  deps: DeliveryDeps,
  work: Work,
  prepared: Plan | null,
  refresh: boolean,
): Promise<Sending> {
  const { claimed } = work;
  const { connector, context, credentialsAt } = await deps.channels.open(
    claimed.workspaceId,
    claimed.channelId,
    work.abort.signal,
    { refresh },
  );
  work.credentialsAt = credentialsAt ?? null;
  await assertTarget(claimed, connector, context);
  if (claimed.plan !== null && claimed.itemHashes !== null) {
    return { ...work, connector, context, plan: claimed.plan, hashes: claimed.itemHashes, isNew: false };
  }
  const plan = prepared ?? storablePlan(await connector.prepare(context, deliveryInput(claimed, deps.files)));
  return { ...work, connector, context, plan, hashes: hashItems(plan), isNew: true };
}

async function sendItems(deps: DeliveryDeps, sending: Sending, stopping: AbortSignal): Promise<void> {
  const { claimed, plan } = sending;
  const published = publishedBefore(claimed.attempts, plan.items.length);
  for (let item = published.length; item < plan.items.length; item += 1) {
    if (stopping.aborted) {
      await release(deps, claimed);
      return;
    }
    const result = await sendItem(deps, sending, item, published);
    if (result === null) return;
    published.push(result);
  }
}

/** One intent, one call, one outcome. Null: this delivery goes no further for now. */
async function sendItem(
  deps: DeliveryDeps,
  sending: Sending,
  item: number,
  published: Published[],
): Promise<Published | null> {
  const { claimed, plan, hashes } = sending;
  const planned = plan.items[item];
  const payloadHash = hashes[item];
  if (!planned || payloadHash === undefined || hashItems({ items: [planned] })[0] !== payloadHash) {
    await refuse(
      deps,
      claimed,
      "delivery.plan_changed",
      "The stored plan no longer has the hash that it was stored with.",
    );
    return null;
  }
  if (planned.kind !== "post" && !published.every((part) => canBeAnswered(sending.connector, part))) {
    const message =
      "A part before this one was confirmed without an address that the platform understands, so this part has nothing to answer to. Publish the rest there by hand, and leave this as it is.";
    await refuse(deps, claimed, "delivery.parent_unknown", message);
    return null;
  }
  const intent = await intended(deps, sending, item, { kind: planned.kind, payloadHash });
  if (intent === null) return null;

  // Taken before the intent is written, so that this process gives up before the database's deadline.
  const deadline = performance.now() + intent.deadlineMs;
  setDeadline(sending.abort.signal, intent.deadlineMs);
  if (!(await standsDurably(deps, sending, intent))) return null;
  if (isOver(sending.abort.signal) || performance.now() > deadline - intent.deadlineMs / 2) {
    await surrender(deps, claimed, intent.id, "delivery.too_slow", "Galley was too busy to send in time.");
    return null;
  }
  const call = {
    index: item,
    key: itemKey(claimed, item),
    published: [...published],
    ...leftOver(claimed.attempts, item),
  };
  const answer = await commitWithin(sending, call, deadline - performance.now());
  if ("published" in answer) {
    const isWritten = await confirm(deps, sending, {
      attemptId: intent.id,
      published: answer.published,
      firstUrl: published[0]?.url ?? null,
      isLast: item === plan.items.length - 1,
    });
    return isWritten ? answer.published : null;
  }
  await writeSendFailure(deps, sending, intent, answer.error);
  return null;
}

/** What is about to be sent, before anything is; null where that could not be said, with the reason written. */
async function intended(
  deps: DeliveryDeps,
  sending: Sending,
  item: number,
  { kind, payloadHash }: Pick<Intent, "kind" | "payloadHash">,
): Promise<Intent | null> {
  const { claimed, plan, hashes } = sending;
  let settling: Settling;
  try {
    settling = sending.connector.settling(sending.context);
  } catch (error) {
    await writePrepareFailure(deps, sending, error);
    return null;
  }
  const first = sending.isNew && item === 0;
  return {
    ...identify(claimed),
    id: newId(),
    item,
    number:
      1 +
      Math.max(0, ...claimed.attempts.filter((attempt) => attempt.item === item).map(({ number }) => number)),
    kind,
    payloadHash,
    deadlineMs: settling.deadlineMs,
    windowMs: windowFor(settling, deps.settings, claimed),
    marginMs: deps.settings.marginMs,
    plan: first ? plan : null,
    itemHashes: first ? hashes : null,
  };
}

/** Writes the intent; false when nothing may be sent, with the reason written where there is one. */
async function standsDurably(deps: DeliveryDeps, sending: Sending, intent: Intent): Promise<boolean> {
  const { claimed } = sending;
  try {
    return await deps.writeIntent(intent);
  } catch (error) {
    const state = sqlState(error);
    if (state === "GD003") {
      await refuse(deps, claimed, "delivery.plan_changed", "The plan is not the one that was stored.");
    } else if (state === "GD005") {
      const message = "The approval of this post no longer stands. Ask for approval again.";
      await refuse(deps, claimed, "delivery.approval_void", message);
    } else if (state === "GD007") {
      const message =
        "This channel goes elsewhere now than where the post was approved to go. Ask for approval again.";
      await refuse(deps, claimed, targetChanged, message);
    } else if (state === "GD008") {
      // The next epoch sees the same, and begins the quarantine.
      await release(deps, claimed, waitForDatabaseMs);
    } else if (state !== "GD002" && state !== "GD006") {
      // Whether the intent stands is unknown, but no byte has left: this process alone can say so.
      deps.log.error({ err: error, deliveryId: claimed.id }, "intent not written");
      await surrender(
        deps,
        claimed,
        intent.id,
        "delivery.no_intent",
        "The database did not store the intent.",
      );
    }
    return false;
  }
}

type Answer = { published: Published } | { error: unknown };

/** The one visible call. It ends at the deadline even where the connector does not listen to the signal. */
async function commitWithin(sending: Sending, item: ItemRef, budgetMs: number): Promise<Answer> {
  const expired = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => {
    sending.abort.abort();
    const message = "The platform did not answer in time.";
    expired.resolve({
      error: new ConnectorFailure({ verdict: "unknown", code: "delivery.deadline", message }),
    });
  }, budgetMs);
  try {
    const commit = sending.connector.commit(sending.context, sending.plan, item).then(
      (published): Answer => ({ published }),
      (error: unknown): Answer => ({ error }),
    );
    return await Promise.race([commit, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
