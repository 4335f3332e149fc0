import { isDatabaseUnavailable, isUniqueViolation } from "#platform/db";
import type { ReconcileDeps } from "../deps.ts";
import type { AttemptRecord, Claimed } from "../model/claimed.ts";
import { accessIsBack, noAccess } from "../model/codes.ts";
import { seenPosts } from "../model/doubt.ts";
import { publishedBefore } from "../model/items.ts";
import type { AttemptOutcome, NextStep } from "../model/settlement.ts";
import { isDuplicate, lookAfterMs } from "../model/verdicts.ts";
import { identify } from "../send/outcome.ts";
import { ending, refusedSoFar } from "../send/recipients.ts";
import { type Look, lookOnce } from "./look.ts";
import { type LookResult, sinceSendMs } from "./proof.ts";

/** Looks come this much later than they are due, at most. */
const sweepMs = 2_000;

/**
 * One look at the platform for the ambiguous attempt of a delivery, and what follows: confirmed, absent
 * (so that it can be sent again), another look later, or a person is asked. Never sends, never throws.
 */
export async function reconcileDelivery(deps: ReconcileDeps, claimed: Claimed): Promise<void> {
  const attempt = claimed.attempts.find(({ state }) => state === "ambiguous");
  try {
    if (!attempt) throw new TypeError("an ambiguous delivery has an ambiguous attempt");
    const look = await lookOnce(deps, claimed, attempt);
    try {
      await writeLook(deps, claimed, attempt, look);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      await deps.settle({ ...identify(claimed), ...afterRefusal(claimed, attempt, look) });
      deps.log.error({ err: error, deliveryId: claimed.id }, "the database refuses what a look has shown");
    }
  } catch (error) {
    // The lease ends, the delivery is ambiguous again, and the next look is made.
    deps.log.error({ err: error, deliveryId: claimed.id }, "look failed");
  }
}

async function writeLook(
  deps: ReconcileDeps,
  claimed: Claimed,
  attempt: AttemptRecord,
  { result, windowMs, tells }: Look,
): Promise<void> {
  const seen = {
    id: attempt.id,
    ...(tells ? { lookedAt: claimed.claimedAt } : {}),
    looks: attempt.looks + 1,
    windowMs: Math.ceil(windowMs),
  };
  if (result.kind !== "found") {
    const told = unlessInVain(claimed, attempt, { result, windowMs });
    await deps.settle({ ...identify(claimed), ...outcomeOf(claimed, attempt, seen, told) });
    return;
  }
  const last = attempt.item === (claimed.itemHashes?.length ?? 0) - 1;
  const end = ending(refusedSoFar(claimed));
  const firstUrl = publishedBefore(claimed.attempts, 1)[0]?.url ?? result.published.url;
  try {
    const written = await deps.settle({
      ...identify(claimed),
      attempt: {
        ...seen,
        state: "confirmed",
        settledBy: "located",
        externalId: result.published.externalId,
        externalUrl: result.published.url,
        externalData: result.published.data,
        externalCreatedAt: result.createdAt,
      },
      next: { ...step("scheduled", 0), ...(last ? end : {}), externalUrl: last ? firstUrl : null },
    });
    if (written && attempt.lookedAt !== null && attempt.isTimeUnsure !== true) {
      await deps.learnWindow(claimed, invisibleMs(claimed, attempt, new Date(attempt.lookedAt)));
    }
  } catch (error) {
    if (!isUniqueViolation(error, "delivery_attempts_external")) throw error;
    // Another attempt took this id between our reading and our writing: look again.
    await deps.settle({ ...identify(claimed), attempt: null, next: step("ambiguous", lookAfterMs(0)) });
  }
}

const notWritten = "delivery.look_not_written";
const mostRefusals = 5;

/** What the database refuses, it refuses the next time too. After a few looks, and the window, a person is asked. */
function afterRefusal(
  claimed: Claimed,
  attempt: AttemptRecord,
  { result, windowMs }: Look,
): { attempt: AttemptOutcome; next: NextStep } {
  const tries = claimed.errorCode === notWritten ? claimed.tries + 1 : 1;
  const looks = attempt.looks + 1;
  const ambiguous = { id: attempt.id, state: "ambiguous" as const, looks };
  const message = "What the platform showed could not be written down; the log has the details.";
  if (tries < mostRefusals || sinceSendOf(claimed, attempt) <= windowMs) {
    const next = { ...step("ambiguous", lookAfterMs(looks)), tries };
    return { attempt: ambiguous, next: { ...next, errorCode: notWritten, errorMessage: message } };
  }
  // An id may be what is refused; an address is one as a browser takes it.
  const found =
    result.kind === "found" ? [{ ...result.published, createdAt: result.createdAt, externalId: "" }] : [];
  const seen = found.length > 0 ? seenPosts(found, new Date(attempt.intentAt)) : (attempt.doubt?.seen ?? []);
  const doubt = { reason: "unreadable" as const, message, coversFrom: null, seen };
  const asked = { errorCode: "delivery.needs_human", errorMessage: message };
  return { attempt: { ...ambiguous, doubt }, next: { ...step("needs_human", 0), ...asked } };
}

/**
 * How long a post that was found now stayed invisible at most: an earlier listing did not hold it. Looks come at
 * doubling distances; where this one is later than that, Galley was away, which says nothing about the platform.
 */
export function invisibleMs(
  { claimedAt: lookedAt }: Pick<Claimed, "claimedAt">,
  { intentAt, setForwardMs }: Pick<AttemptRecord, "intentAt" | "setForwardMs">,
  missedAt: Date,
): number {
  const sentAt = new Date(intentAt);
  const foundAfterMs = sinceSendMs({ lookedAt, sentAt, setForwardMs });
  return Math.max(0, Math.min(foundAfterMs, 2 * (missedAt.getTime() - sentAt.getTime()) + sweepMs));
}

const mostAccessesRefused = 2;

/** How many new accesses in a row may not read either; the delivery keeps it as its tries while it waits for the next. */
function accessesRefused({ errorCode, tries }: Claimed, result: LookResult): number {
  if (!("noAccess" in result)) return 0;
  if (errorCode === accessIsBack) return tries + 1;
  return errorCode === noAccess ? tries : 0;
}

/** Asks about the post where one more connection would tell no more: nobody could say that it is not there. */
function unlessInVain<Result extends LookResult>(
  claimed: Claimed,
  attempt: AttemptRecord,
  { result, windowMs }: { result: Result; windowMs: number },
): Result | Extract<LookResult, { kind: "ask" }> {
  if (result.kind !== "again" || accessesRefused(claimed, result) < mostAccessesRefused) return result;
  if (sinceSendOf(claimed, attempt) <= windowMs) return result;
  const message = `The platform could not be read, also after the channel was connected again: ${result.why}`;
  const { coversFrom = null, seen = [] } = attempt.doubt ?? {};
  return { kind: "ask", why: message, doubt: { reason: "unreadable", message, coversFrom, seen } };
}

function sinceSendOf({ claimedAt: lookedAt }: Claimed, { intentAt, setForwardMs }: AttemptRecord): number {
  return sinceSendMs({ lookedAt, sentAt: new Date(intentAt), setForwardMs });
}

type Seen = Pick<AttemptOutcome, "id" | "looks" | "windowMs"> & { lookedAt?: Date };

function outcomeOf(
  claimed: Claimed,
  { errorCode }: AttemptRecord,
  seen: Seen,
  result: Exclude<LookResult, { kind: "found" }>,
): { attempt: AttemptOutcome; next: NextStep } {
  switch (result.kind) {
    case "absent":
      return {
        attempt: { ...seen, state: "absent_proven", settledBy: "located", coversFrom: result.coversFrom },
        next: claimed.lateInMs > 0 ? step("scheduled", 0) : late(),
      };
    case "again":
      return {
        attempt: { ...seen, state: "ambiguous", ...(result.doubt ? { doubt: result.doubt } : {}) },
        next: {
          ...step("ambiguous", result.waitMs),
          tries: accessesRefused(claimed, result),
          errorCode: result.noAccess ? noAccess : "delivery.reading_back",
          errorMessage: readingBack(result, errorCode),
        },
      };
    case "ask":
      return {
        attempt: { ...seen, state: "ambiguous", doubt: result.doubt },
        next: {
          ...step("needs_human", 0),
          tries: accessesRefused(claimed, result),
          errorCode: result.noAccess ? noAccess : "delivery.needs_human",
          errorMessage: result.why,
        },
      };
  }
}

function readingBack(
  { blind, noAccess: isAway, why }: Extract<LookResult, { kind: "again" }>,
  errorCode: string | null,
): string {
  if (blind) {
    return "The answer was lost, and this platform does not let Galley read back what was published. You are asked as soon as it can no longer appear late.";
  }
  const happened = isDuplicate(errorCode)
    ? "The platform says that it has this already"
    : "The answer was lost";
  if (isAway) {
    return `${happened}, and Galley has no access to read the platform back (${why}). Connect the channel again; Galley looks at once then.`;
  }
  return `${happened}; Galley reads the platform back (${why}).`;
}

function step(state: NextStep["state"], waitMs: number): NextStep {
  return { state, waitMs, tries: 0, errorCode: null, errorMessage: null, externalUrl: null };
}

function late(): NextStep {
  return {
    ...step("missed", 0),
    errorCode: "delivery.late",
    errorMessage:
      "It was not published, and it is now later than the workspace allows. Publish it now or cancel it.",
  };
}
