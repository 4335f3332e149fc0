import { ConnectorFailure } from "#connectors";
import type { DeliveryDeps } from "../deps.ts";
import { release, type Work, writePrepareFailure } from "./outcome.ts";

/**
 * Why a preparation was broken off.
 *
 * - `lost`: the delivery was cancelled or belongs to another worker
 * - `stopping`: this process ends, and preparing is safe to repeat
 * - `too_slow`: it took longer than `prepareMs`
 * - `late`: meanwhile the post is later than its workspace allows
 * - `unrenewed`: the database was away, or this process stood still, for as long as the lease lasted
 */
export type Interruption = "lost" | "stopping" | "too_slow" | "late" | "unrenewed";

export type Held<Value> = { value: Value } | { interruption: Interruption };

/**
 * Prepares under a lease that is renewed as long as it takes, from a third of the first lease on: what is ready
 * before costs no statement. Breaks off what may not go on, whether or not it listens to `work.abort`.
 */
export async function whileHeld<Value>(
  deps: Pick<DeliveryDeps, "settings" | "renewLease" | "log">,
  work: Work,
  stopping: AbortSignal,
  prepare: () => Promise<Value>,
): Promise<Held<Value>> {
  const { leaseMs, marginMs, prepareMs } = deps.settings;
  const everyMs = Math.min(leaseMs / 3, Math.max(0, leaseMs - marginMs) / 2);
  const startedAt = work.leaseEndsAt - leaseMs;
  const brokenOff = Promise.withResolvers<Held<Value>>();
  let isDone = false;
  let isRenewing = false;
  let leaseEndsAt = work.leaseEndsAt;
  let renewAt = startedAt + everyMs;
  let timer: NodeJS.Timeout | undefined;

  function breakOff(reason: Interruption): void {
    if (isDone) return;
    isDone = true;
    brokenOff.resolve({ interruption: reason });
    work.abort.abort();
  }

  async function renew(): Promise<void> {
    isRenewing = true;
    const askedAt = performance.now();
    try {
      if (!(await deps.renewLease(work.claimed))) return breakOff("lost");
      leaseEndsAt = askedAt + leaseMs;
      renewAt = askedAt + everyMs;
    } catch (error) {
      // The lease still stands, so a database that is back soon is soon enough.
      deps.log.warn({ err: error, deliveryId: work.claimed.id }, "lease not renewed");
      renewAt = performance.now() + everyMs / 4;
    }
    isRenewing = false;
    look();
  }

  function look(): void {
    if (isDone) return;
    clearTimeout(timer);
    const now = performance.now();
    const mustEndAt = leaseEndsAt - marginMs;
    if (now >= startedAt + prepareMs) return breakOff("too_slow");
    if (now >= mustEndAt) return breakOff("unrenewed");
    if (now >= renewAt && !isRenewing) {
      if (now >= work.lateAt) return breakOff("late");
      void renew();
    }
    const next = Math.min(startedAt + prepareMs, mustEndAt, isRenewing ? Infinity : renewAt);
    timer = setTimeout(look, Math.max(1, next - now));
  }

  function stop(): void {
    breakOff("stopping");
  }

  stopping.addEventListener("abort", stop, { once: true });
  try {
    if (stopping.aborted) return { interruption: "stopping" };
    look();
    const preparing = prepare().then((value): Held<Value> => ({ value }));
    // Settled before the abort that makes `prepare` fail, so the reason comes first.
    return await Promise.race([brokenOff.promise, preparing]);
  } finally {
    isDone = true;
    clearTimeout(timer);
    stopping.removeEventListener("abort", stop);
  }
}

const interruptionWords = {
  too_slow:
    "Preparing this post took longer than Galley waits (DELIVERY_PREPARE_SECONDS). Where the line is slow, give it more, or make the file smaller.",
  late: "Preparing this post took until it was later than the workspace allows. Publish it now or cancel it.",
  unrenewed: "Galley stood still or could not reach its database while it prepared this post.",
};

/** A preparation that was broken off: nothing of it is visible, so it may be made anew. */
export async function writeInterruption(
  deps: DeliveryDeps,
  work: Work,
  interruption: Interruption,
): Promise<void> {
  if (interruption === "stopping") {
    await release(deps, work.claimed);
  } else if (interruption === "lost") {
    deps.log.info({ deliveryId: work.claimed.id }, "preparing ended: the delivery is another's or cancelled");
  } else {
    const code = `delivery.prepare_${interruption}`;
    const message = interruptionWords[interruption];
    await writePrepareFailure(deps, work, new ConnectorFailure({ verdict: "not_sent", code, message }));
  }
}
