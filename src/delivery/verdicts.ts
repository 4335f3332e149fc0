import type { Located, Published, Verdict } from "#connectors";
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
  /** Until the delivery counts as late. */
  lateInMs: number;
};

const firstBackOffMs = 2_000;
const longestBackOffMs = 10 * 60_000;
const firstLookMs = 1_000;
const longestLookMs = 5 * 60_000;

/** Exponential back-off, 2 s up to 10 minutes; `spread` in [0, 1) adds up to a quarter, so that waiters do not return together. */
export function backOffMs(tries: number, spread: number): number {
  const base = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.max(0, Math.min(tries, 20) - 1));
  return Math.round(base * (1 + spread / 4));
}

/**
 * What follows from a failure of `commit`. Rules: docs/architecture.md, "One post's way".
 * A "duplicate" refusal after an earlier attempt may be our own lost post, so it is read back.
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
  const maybeOurs =
    facts.verdict === "rejected" && facts.earlier.length > 0 && facts.code.endsWith(".duplicate");
  if (facts.verdict === "unknown" || maybeOurs) {
    return { attempt: "ambiguous", delivery: "ambiguous", waitMs: lookAfterMs(0), refresh: false };
  }
  if (facts.verdict === "rejected") {
    return { attempt: "rejected", delivery: "rejected", waitMs: 0, refresh: false };
  }
  // Throttled or not sent: no byte of it is visible, so it goes again while it is not late.
  const asked = (facts.retryAfterSeconds ?? 0) * 1_000;
  const waitMs = asked > 0 ? Math.round(asked * (1 + spread / 10)) : backOffMs(facts.tries, spread);
  const delivery = waitMs < facts.lateInMs ? "scheduled" : "missed";
  return { attempt: "not_sent", delivery, waitMs, refresh: false };
}

/** When to look again after `looks` looks that found nothing: 1 s, 2 s, 4 s … up to 5 minutes. */
export function lookAfterMs(looks: number): number {
  return Math.min(longestLookMs, firstLookMs * 2 ** Math.min(looks, 20));
}

export type LookFacts = {
  located: Located | "unsupported";
  /** t_send. */
  sentAt: Date;
  /** When the listing was asked for, by the database's clock. */
  lookedAt: Date;
  windowMs: number;
  /** How far the platform's clock and ours may differ. */
  skewMs: number;
  /** Ids that other attempts of this channel own. */
  taken: ReadonlySet<string>;
  /** Looks so far, this one included. */
  looks: number;
  /** After this long without a proof a person is asked. */
  giveUpAfterMs: number;
};

export type LookResult =
  | { kind: "found"; published: Published; createdAt: Date }
  | { kind: "absent"; coversFrom: Date }
  /** `blind`: the platform cannot be read at all, and the wait is for the window's end. */
  | { kind: "again"; waitMs: number; why: string; blind?: true }
  | { kind: "ask"; why: string };

/**
 * What one reading of the platform proves (invariants 3, 5, 7 and 10). A match confirms at any time.
 * Absence counts only when the window has passed before the listing was asked for, the listing is
 * complete back to t_send, and nothing in it equals the item without an owner: such a post, older than
 * t_send allows, may be ours under a wrong clock.
 */
export function judgeLook(facts: LookFacts): LookResult {
  const sinceSend = facts.lookedAt.getTime() - facts.sentAt.getTime();
  const untilWindow = facts.windowMs - sinceSend;
  if (facts.located === "unsupported") {
    if (untilWindow > 0)
      return { kind: "again", waitMs: untilWindow, why: "the platform cannot be read", blind: true };
    return { kind: "ask", why: "This platform does not let Galley read back what was published." };
  }
  const unowned = facts.located.matches.filter((match) => !facts.taken.has(match.externalId));
  // The oldest that is young enough: what came later may belong to an attempt that comes later.
  const found = unowned
    .filter((match) => match.createdAt.getTime() >= facts.sentAt.getTime() - facts.skewMs)
    .toSorted((left, right) => left.createdAt.getTime() - right.createdAt.getTime())[0];
  if (found) {
    const { createdAt, ...published } = found;
    return { kind: "found", published, createdAt };
  }
  if (untilWindow > 0) {
    return { kind: "again", waitMs: Math.min(untilWindow, lookAfterMs(facts.looks)), why: "not visible yet" };
  }
  const { coversFrom } = facts.located;
  const reachesBack = coversFrom !== null && coversFrom.getTime() <= facts.sentAt.getTime();
  if (reachesBack && unowned.length === 0) return { kind: "absent", coversFrom };
  if (sinceSend > facts.windowMs + facts.giveUpAfterMs) {
    return {
      kind: "ask",
      why: reachesBack
        ? "The platform shows an equal post that is older than this attempt; it may or may not be this one."
        : "The platform's list does not reach back to the moment of sending.",
    };
  }
  return { kind: "again", waitMs: lookAfterMs(facts.looks), why: "absence is not proven yet" };
}
