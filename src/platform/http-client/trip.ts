import { isOver } from "#kit";
import type { EgressPhase } from "./error.ts";
import { EgressError } from "./error.ts";

/** One call's way out: what ends it early, and whether a byte of the request may have left yet. */
export type Trip = {
  signal: AbortSignal;
  phase: EgressPhase;
  /** Whether the caller's time is over by the clocks, which know it before `signal` in a process that stood still. */
  isOver: () => boolean;
};

/**
 * Runs `work` under a deadline and the caller's signal. Whatever the abort breaks inside, the caller
 * sees one clear `egress.timeout` or `egress.aborted` with the phase of that moment.
 */
export async function withinDeadline<Result>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (trip: Trip) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const trip: Trip = {
    signal: controller.signal,
    phase: "before",
    isOver: () => outer !== undefined && isOver(outer),
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, timeoutMs);
  function onOuterAbort(): void {
    controller.abort();
  }
  outer?.addEventListener("abort", onOuterAbort, { once: true });
  if (outer?.aborted) controller.abort();
  try {
    return await work(trip);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    if (late) {
      const seconds = Math.round(timeoutMs / 100) / 10;
      throw new EgressError(
        "timeout",
        trip.phase,
        `There was no complete answer within ${seconds} seconds.`,
        error,
      );
    }
    throw new EgressError("aborted", trip.phase, "The request was stopped before its answer came.", error);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", onOuterAbort);
  }
}
