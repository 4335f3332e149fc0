import type { Verdict } from "#connectors";
import type { AttemptState, DeliveryState } from "./state.ts";

/** What a failed call means for the attempt and for the delivery. Times are in milliseconds from now. */
export type Consequence = {
  /** Null where no attempt was open: the failure came from `prepare`. */
  attempt: Exclude<AttemptState, "open" | "confirmed" | "absent_proven">;
  delivery: Extract<DeliveryState, "scheduled" | "rejected" | "needs_reconnect" | "missed" | "ambiguous">;
  waitMs: number;
  refresh: boolean;
};

export type FailureFacts = {
  verdict: Verdict;
  /** The connector's code, `x.duplicate`. */
  code: string;
  refreshable: boolean;
  retryAfterSeconds: number | null;
  /** Tries in a row, this one included, that reached nothing. */
  tries: number;
  /** Earlier attempts for the same item, the newest last. */
  earlier: readonly AttemptState[];
  /** The last of them that was proven not to be there was refused as a duplicate too: no answer was lost since. */
  isAbsentDuplicate: boolean;
  /** Until the delivery counts as late. */
  lateInMs: number;
};

/** A platform's "not before": why in words for people, and what it answered where that is known. */
export type NotBefore = { waitMs: number; reason: string; evidence: string | null };

const firstBackOffMs = 2_000;
const longestBackOffMs = 10 * 60_000;
const firstLookMs = 1_000;
export const longestLookMs = 5 * 60_000;

/** Exponential back-off, 2 s up to 10 minutes; `spread` in [0, 1) adds up to a quarter, so that waiters do not return together. */
export function backOffMs(tries: number, spread: number): number {
  const base = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.max(0, Math.min(tries, 20) - 1));
  return Math.round(base * (1 + spread / 4));
}

/**
 * What follows from a failure of `commit`. Rules: docs/architecture.md, "One post's way".
 * A refusal as "duplicate" may be of our own post, also the first time: a balancer that repeats a request passes on
 * what the second one was told. So it is read back, once.
 */
export function consequenceOf(facts: FailureFacts, spread: number): Consequence {
  if (facts.verdict === "unauthorized") {
    const refreshedAlready = facts.earlier.at(-1) === "unauthorized";
    const mayHelp = facts.refreshable && !refreshedAlready;
    return {
      attempt: "unauthorized",
      delivery: mayHelp ? "scheduled" : "needs_reconnect",
      waitMs: 0,
      refresh: mayHelp,
    };
  }
  const maybeOurs = facts.verdict === "rejected" && isDuplicate(facts.code) && !facts.isAbsentDuplicate;
  if (facts.verdict === "unknown" || maybeOurs) {
    return { attempt: "ambiguous", delivery: "ambiguous", waitMs: lookAfterMs(0), refresh: false };
  }
  if (facts.verdict === "rejected") {
    return { attempt: "rejected", delivery: "rejected", waitMs: 0, refresh: false };
  }
  // Throttled or not sent: no byte of it is visible, so it goes again while it is not late.
  const askedMs = (facts.retryAfterSeconds ?? 0) * 1_000;
  const waitMs = askedMs > 0 ? Math.round(askedMs * (1 + spread / 10)) : backOffMs(facts.tries, spread);
  const delivery = waitMs < facts.lateInMs ? "scheduled" : "missed";
  return { attempt: "not_sent", delivery, waitMs, refresh: false };
}

/** Whether a connector's code says that the platform has an equal post already. */
export function isDuplicate(code: string | null): boolean {
  return code?.endsWith(".duplicate") === true;
}

/** When to look again after `looks` looks that found nothing: 1 s, 2 s, 4 s … up to 5 minutes. */
export function lookAfterMs(looks: number): number {
  return Math.min(longestLookMs, firstLookMs * 2 ** Math.min(looks, 20));
}

/** The same, but no later than a person would be asked, in `untilAskedMs`: whoever waits for that waits no longer. */
export function lookAgainAfterMs(looks: number, untilAskedMs: number): number {
  return Math.min(lookAfterMs(looks), Math.max(firstLookMs, untilAskedMs));
}
