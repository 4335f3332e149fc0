import type { Published } from "#connectors";
import { ConnectorFailure } from "#connectors";
import { GalleyError } from "#kit";
import { isUniqueViolation } from "#platform/db";
import type { DeliveryDeps } from "../deps.ts";
import type { Claimed } from "../model/claimed.ts";
import { idTaken } from "../model/codes.ts";
import type { AttemptOutcome, NextStep } from "../model/settlement.ts";
import { type Consequence, type FailureFacts, consequenceOf, isDuplicate } from "../model/verdicts.ts";
import { afterDeferral, ending, refusedSoFar } from "./recipients.ts";

/** A claimed delivery while this process works on it. Times are of the monotonic clock. */
export type Work = {
  claimed: Claimed;
  lateAt: number;
  /** Of the claim; preparing renews it. */
  leaseEndsAt: number;
  /** Ends every call that is made for it. */
  abort: AbortController;
  /** Of the credentials that the calls are made with; null before the channel is open. */
  credentialsAt: Date | null;
};

/** Nothing is visible after a failed preparation, whatever its answer was: an unknown one counts as not sent. */
export async function writePrepareFailure(deps: DeliveryDeps, work: Work, error: unknown): Promise<void> {
  const facts = failureFacts(work, error, 0);
  const verdict = facts.verdict === "unknown" ? "not_sent" : facts.verdict;
  // A token that could be renewed was renewed before this is called.
  const consequence = consequenceOf({ ...facts, verdict, refreshable: false }, Math.random());
  if (isVerdict(error)) {
    const next = await nextAfter(deps, work, consequence, error);
    await deps.settle({ ...identify(work.claimed), attempt: null, next });
  } else {
    await writeUnexplained(deps, work, consequence, error);
  }
  await followUp(deps, work, error);
}

type Confirmed = {
  attemptId: string;
  published: Published;
  /** Where the first item of the thread is; null for that one itself. */
  firstUrl: string | null;
  isLast: boolean;
};

/**
 * Writes the platform's answer; false when the lease was lost, the answer does not identify this post, or an attempt
 * for those who were put off has to follow.
 */
export async function confirm(
  deps: DeliveryDeps,
  { claimed, lateAt }: Work,
  { attemptId, published, firstUrl, isLast }: Confirmed,
): Promise<boolean> {
  const { refused = [], deferred = [] } = published;
  const answer = { settledBy: "answer" as const, externalUrl: published.url, refused, deferred };
  if (deferred.length > 0) {
    // The next attempt's thing has the same id, so this one keeps it beside.
    const externalData = { ...published.data, externalId: published.externalId };
    const partly = { id: attemptId, state: "partly" as const, ...answer, externalData };
    const next = afterDeferral(claimed, deferred, lateAt - performance.now());
    await deps.settle({ ...identify(claimed), attempt: partly, next });
    return false;
  }
  const attempt: AttemptOutcome = {
    ...answer,
    id: attemptId,
    state: "confirmed",
    externalId: published.externalId,
    externalData: published.data,
  };
  const end = ending([...refusedSoFar(claimed), ...refused]);
  const done: NextStep = { ...settledAs("confirmed"), ...end, externalUrl: firstUrl ?? published.url };
  try {
    return await deps.settle({ ...identify(claimed), attempt, next: isLast ? done : null });
  } catch (error) {
    if (!isUniqueViolation(error, "delivery_attempts_external")) throw error;
    // Invariant 5: the platform named a post that another attempt owns. Reading back must tell them apart.
    const message = "The platform answered with the id of another post; Galley reads it back.";
    await deps.settle({
      ...identify(claimed),
      attempt: { id: attemptId, state: "ambiguous", errorCode: idTaken, errorMessage: message },
      next: { ...settledAs("ambiguous"), errorCode: idTaken, errorMessage: message },
    });
    return false;
  }
}

/** Writes what a failed call says about the attempt, and what the delivery does next. */
export async function writeSendFailure(
  deps: DeliveryDeps,
  work: Work,
  sent: { id: string; item: number },
  error: unknown,
): Promise<void> {
  const { claimed } = work;
  const consequence = consequenceOf(failureFacts(work, error, sent.item), Math.random());
  const { code, message } = wordsFor(error);
  const attempt: AttemptOutcome = {
    id: sent.id,
    state: consequence.attempt,
    errorCode: code,
    errorMessage: message,
    evidence: error instanceof ConnectorFailure ? error.evidence : null,
    // If it is out after all, these do not have it.
    refused: error instanceof ConnectorFailure ? [...error.refused] : [],
    ...(consequence.attempt === "ambiguous" ? {} : { settledBy: "answer" as const }),
  };
  const next = await nextAfter(deps, work, consequence, error);
  await deps.settle({ ...identify(claimed), attempt, next });
  await followUp(deps, work, error);
}

/** Whether an error says by itself what follows: a platform's answer, or a state that somebody looks after. */
function isVerdict(error: unknown): boolean {
  if (error instanceof ConnectorFailure) return true;
  return (
    error instanceof GalleyError &&
    (error.retryable || changedMedia.has(error.code) || error.code === "channels.needs_reconnect")
  );
}

/** An error that nobody foresaw may pass by itself; after so many tries in a row it does not, and a person is asked. */
const mostUnexplained = 5;

async function writeUnexplained(
  deps: DeliveryDeps,
  work: Work,
  consequence: Consequence,
  error: unknown,
): Promise<void> {
  const { claimed } = work;
  // Other failures between two of them, such as a platform that asks to wait, begin the row anew.
  const tries = claimed.errorCode === cannotPrepare ? claimed.tries + 1 : 1;
  deps.log.error({ err: error, deliveryId: claimed.id, tries }, "a post could not be prepared");
  const isOver = tries >= mostUnexplained || consequence.delivery === "missed";
  const message = `Galley could not prepare this post: ${inWords(error)}. It was tried ${tries} times. Change its text or its files and have it approved again, or send it again once the cause is mended; the log has the details.`;
  const next: NextStep = {
    state: isOver ? "rejected" : "scheduled",
    waitMs: isOver ? 0 : consequence.waitMs,
    tries,
    errorCode: cannotPrepare,
    errorMessage: isOver ? message : `Preparing this post failed: ${inWords(error)}. It is tried again.`,
    externalUrl: null,
  };
  await deps.settle({ ...identify(claimed), attempt: null, next });
}

const cannotPrepare = "delivery.cannot_prepare";

function inWords(error: unknown): string {
  if (error instanceof GalleyError) return error.message.replace(/\.$/, "");
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : "an unknown error";
}

async function followUp(deps: DeliveryDeps, { claimed }: Work, error: unknown): Promise<void> {
  if (
    error instanceof ConnectorFailure &&
    error.verdict === "throttled" &&
    error.retryAfterSeconds !== null
  ) {
    const { message: reason, evidence } = error;
    await deps.holdAccount(claimed, { waitMs: error.retryAfterSeconds * 1_000, reason, evidence });
  }
}

/** The stored file is not the approved one; no later try will change that. */
const changedMedia = new Set(["delivery.media_changed", "files.damaged"]);

function failureFacts(work: Work, error: unknown, item: number): FailureFacts {
  const { claimed } = work;
  const attempts = claimed.attempts.filter((attempt) => attempt.item === item);
  const common = {
    tries: claimed.tries + 1,
    earlier: attempts.map(({ state }) => state),
    isAbsentDuplicate: isDuplicate(
      attempts.findLast(({ state }) => state === "absent_proven")?.errorCode ?? null,
    ),
    lateInMs: work.lateAt - performance.now(),
  };
  if (error instanceof ConnectorFailure) {
    const { verdict, code, refreshable, retryAfterSeconds } = error;
    return { ...common, verdict, code, refreshable, retryAfterSeconds };
  }
  const code = wordsFor(error).code;
  const verdict = changedMedia.has(code)
    ? "rejected"
    : code === "channels.needs_reconnect"
      ? "unauthorized"
      : "unknown";
  return { ...common, verdict, code, refreshable: false, retryAfterSeconds: null };
}

function wordsFor(error: unknown): { code: string; message: string } {
  if (error instanceof GalleyError) return { code: error.code, message: error.message };
  return { code: "delivery.unexpected", message: "Something unexpected failed; the log has the details." };
}

/**
 * A channel whose access has ended is marked before its delivery says so: a new connection that came between the
 * two would never wake the delivery.
 */
async function nextAfter(
  deps: DeliveryDeps,
  { claimed, credentialsAt }: Work,
  consequence: Consequence,
  error: unknown,
): Promise<NextStep> {
  const { code, message } = wordsFor(error);
  const { delivery: state, waitMs } = consequence;
  const tries = claimed.tries + 1;
  const next = { state, waitMs, tries, errorCode: code, errorMessage: message, externalUrl: null };
  // Said by channels itself, it is marked already.
  if (state !== "needs_reconnect" || code === "channels.needs_reconnect") return next;
  const { workspaceId, channelId } = claimed;
  const isMarked = await deps.channels
    .needsReconnect(workspaceId, channelId, message, credentialsAt)
    .catch((failure: unknown) => {
      // What the platform answered is written all the same, and told again by the next try.
      deps.log.warn({ err: failure, channelId }, "a channel without access could not be marked");
      return true;
    });
  // There are other credentials by now.
  return isMarked ? next : { ...next, state: "scheduled", waitMs: 1_000 };
}

function settledAs(state: NextStep["state"]): NextStep {
  return { state, waitMs: 0, tries: 0, errorCode: null, errorMessage: null, externalUrl: null };
}

/** Ends a delivery that must not be sent as it stands. */
export async function refuse(
  deps: DeliveryDeps,
  claimed: Claimed,
  errorCode: string,
  errorMessage: string,
): Promise<void> {
  await deps.settle({
    ...identify(claimed),
    attempt: null,
    next: { ...settledAs("rejected"), errorCode, errorMessage },
  });
}

/** Gives a claim back unused, to be claimed again at once or after a wait. */
export async function release(deps: DeliveryDeps, claimed: Claimed, waitMs = 0): Promise<void> {
  const next = { ...settledAs("scheduled"), waitMs, tries: claimed.tries };
  await deps.settle({ ...identify(claimed), attempt: null, next });
}

/** Takes an intent back: no byte has left, and only the process that wrote it can know that. */
export async function surrender(
  deps: DeliveryDeps,
  claimed: Claimed,
  attemptId: string,
  errorCode: string,
  errorMessage: string,
): Promise<void> {
  await deps.settle({
    ...identify(claimed),
    attempt: { id: attemptId, state: "not_sent", settledBy: "answer", errorCode, errorMessage },
    next: { ...settledAs("scheduled"), waitMs: 1_000, tries: claimed.tries + 1, errorCode, errorMessage },
  });
}

/** The part of every write that says what is written, by whom. */
export function identify({ workspaceId, id, fence, postId, channelId, connector }: Claimed) {
  return { workspaceId, deliveryId: id, fence, about: { postId, channelId, connector } };
}
