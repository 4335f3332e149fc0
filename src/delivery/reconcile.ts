import type { Located } from "#connectors";
import { ConnectorFailure } from "#connectors";
import { isUniqueViolation } from "#platform/db";
import type { AttemptRecord, Claimed } from "./claim.ts";
import { identify } from "./outcome.ts";
import type { AttemptOutcome, NextStep } from "./settle.ts";
import { type Tools, itemKey, publishedBefore, windowFor } from "./tools.ts";
import { type LookResult, judgeLook, lookAfterMs } from "./verdicts.ts";

/** What reading back needs besides the common tools. */
export type ReconcileTools = Tools & {
  /** Which of these ids belong to other attempts of the same account on the same platform. */
  idsTaken(claimed: Claimed, attemptId: string, externalIds: string[]): Promise<Set<string>>;
  /** Remembers how long after t_send a post was still invisible. */
  learnWindow(claimed: Claimed, visibleAfterMs: number): Promise<void>;
};

/**
 * One look at the platform for the ambiguous attempt of a delivery, and what follows: confirmed, absent
 * (so that it can be sent again), another look later, or a person is asked. Never sends, never throws.
 */
export async function reconcileDelivery(tools: ReconcileTools, claimed: Claimed): Promise<void> {
  const attempt = claimed.attempts.find(({ state }) => state === "ambiguous");
  try {
    if (!attempt) throw new TypeError("an ambiguous delivery has an ambiguous attempt");
    const look = await lookOnce(tools, claimed, attempt);
    await writeLook(tools, claimed, attempt, look);
  } catch (error) {
    // The lease ends, the delivery is ambiguous again, and the next look is made.
    tools.log.error({ err: error, deliveryId: claimed.id }, "look failed");
  }
}

type Look = { result: LookResult; windowMs: number };

async function lookOnce(tools: ReconcileTools, claimed: Claimed, attempt: AttemptRecord): Promise<Look> {
  const sentAt = new Date(attempt.intentAt);
  const sinceSend = claimed.claimedAt.getTime() - sentAt.getTime();
  let windowMs = Math.max(attempt.windowMs, 2 * claimed.learnedMs);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), tools.settings.leaseMs - tools.settings.marginMs);
  try {
    const connector = tools.connectors.get(claimed.connector);
    if (connector?.locate === "unsupported") {
      return {
        windowMs,
        result: judge(tools, claimed, attempt, { located: "unsupported", windowMs, taken: new Set() }),
      };
    }
    const opened = await tools.channels.open(claimed.workspaceId, claimed.channelId, abort.signal, {
      whilePaused: true,
    });
    if (opened.connector.locate === "unsupported" || claimed.plan === null) {
      return {
        windowMs,
        result: judge(tools, claimed, attempt, { located: "unsupported", windowMs, taken: new Set() }),
      };
    }
    windowMs = Math.max(
      windowMs,
      windowFor(opened.connector.settling(opened.context), tools.settings, claimed.learnedMs),
    );
    const item = {
      index: attempt.item,
      key: itemKey(claimed, attempt.item),
      published: publishedBefore(claimed.attempts, attempt.item),
    };
    const located = await opened.connector.locate(opened.context, claimed.plan, item, sentAt);
    const ids = located === "unsupported" ? [] : located.matches.map(({ externalId }) => externalId);
    const taken = ids.length === 0 ? new Set<string>() : await tools.idsTaken(claimed, attempt.id, ids);
    return { windowMs, result: judge(tools, claimed, attempt, { located, windowMs, taken }) };
  } catch (error) {
    return { windowMs, result: afterFailedLook(error, attempt, sinceSend - windowMs, giveUpAfter(windowMs)) };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function judge(
  tools: Tools,
  claimed: Claimed,
  attempt: AttemptRecord,
  seen: { located: Located | "unsupported"; windowMs: number; taken: ReadonlySet<string> },
): LookResult {
  return judgeLook({
    ...seen,
    sentAt: new Date(attempt.intentAt),
    // The claim came before the listing was asked for, so this is never too late.
    lookedAt: claimed.claimedAt,
    skewMs: tools.settings.skewMs,
    looks: attempt.looks + 1,
    giveUpAfterMs: giveUpAfter(seen.windowMs),
  });
}

/** How long after W a proof is still hoped for before a person is asked. */
function giveUpAfter(windowMs: number): number {
  return Math.max(60_000, 3 * windowMs);
}

function afterFailedLook(
  error: unknown,
  attempt: AttemptRecord,
  pastWindowMs: number,
  giveUpMs: number,
): LookResult {
  const why = error instanceof Error ? error.message : "the platform could not be read";
  if (pastWindowMs > giveUpMs) return { kind: "ask", why: `The platform could not be read: ${why}` };
  const asked = error instanceof ConnectorFailure ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return { kind: "again", waitMs: Math.max(asked, lookAfterMs(attempt.looks + 1)), why };
}

async function writeLook(
  tools: ReconcileTools,
  claimed: Claimed,
  attempt: AttemptRecord,
  { result, windowMs }: Look,
): Promise<void> {
  const seen = {
    id: attempt.id,
    lookedAt: claimed.claimedAt,
    looks: attempt.looks + 1,
    windowMs: Math.ceil(windowMs),
  };
  if (result.kind !== "found") {
    await tools.settle({ ...identify(claimed), ...outcomeOf(claimed, seen, result) });
    return;
  }
  const last = attempt.item === (claimed.itemHashes?.length ?? 0) - 1;
  const firstUrl = publishedBefore(claimed.attempts, 1)[0]?.url ?? result.published.url;
  try {
    const written = await tools.settle({
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
      next: { ...step(last ? "confirmed" : "scheduled", 0), externalUrl: last ? firstUrl : null },
    });
    // An earlier look found nothing: until this one the post was invisible.
    if (written && attempt.looks > 0) {
      await tools.learnWindow(claimed, claimed.claimedAt.getTime() - new Date(attempt.intentAt).getTime());
    }
  } catch (error) {
    if (!isUniqueViolation(error, "delivery_attempts_external")) throw error;
    // Another attempt took this id between our reading and our writing: look again.
    await tools.settle({ ...identify(claimed), attempt: null, next: step("ambiguous", lookAfterMs(0)) });
  }
}

type Seen = Pick<AttemptOutcome, "id" | "lookedAt" | "looks" | "windowMs">;

function outcomeOf(
  claimed: Claimed,
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
        attempt: { ...seen, state: "ambiguous" },
        next: {
          ...step("ambiguous", result.waitMs),
          errorCode: "delivery.reading_back",
          errorMessage: `The answer was lost; Galley reads the platform back (${result.why}).`,
        },
      };
    case "ask":
      return {
        attempt: { ...seen, state: "ambiguous" },
        next: { ...step("needs_human", 0), errorCode: "delivery.needs_human", errorMessage: result.why },
      };
  }
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
