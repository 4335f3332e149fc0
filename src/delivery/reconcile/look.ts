import type { Located, Settling } from "#connectors";
import { ConnectorFailure, listenToClock } from "#connectors";
import { GalleyError } from "#kit";
import { isDatabaseUnavailable } from "#platform/db";
import type { DeliveryDeps, ReconcileDeps } from "../deps.ts";
import type { AttemptRecord, Claimed } from "../model/claimed.ts";
import { accessIsBack } from "../model/codes.ts";
import { itemKey, leftOver, publishedBefore } from "../model/items.ts";
import { isDuplicate, longestLookMs, lookAfterMs, lookAgainAfterMs } from "../model/verdicts.ts";
import { windowFor } from "../model/window.ts";
import {
  idsIn,
  judgeLook,
  type LookFacts,
  type LookResult,
  mustCoverFrom,
  showsEqual,
  sinceSendMs,
} from "./proof.ts";

/**
 * `tells`: the platform has answered, and what it showed tells since when the item is there, or until when it was not.
 * One that shows an equal post and proves nothing yet tells neither.
 */
export type Look = { result: LookResult; windowMs: number; tells: boolean };

/** Reads the platform for an attempt whose answer was lost, and says what that proves. Never throws. */
export async function lookOnce(deps: ReconcileDeps, claimed: Claimed, attempt: AttemptRecord): Promise<Look> {
  const sinceSend = sinceSendMs({
    lookedAt: claimed.claimedAt,
    sentAt: new Date(attempt.intentAt),
    setForwardMs: attempt.setForwardMs,
  });
  // Before the listing is asked for: what passes while it comes back is not in it.
  const knownForMs = deps.firstSeen.knownForMs(attempt.id);
  let windowMs = Math.max(attempt.windowMs, 2 * claimed.learnedMs);
  // Of what a restored database forgot, the window begins with the age of the backup.
  let settlingMs = Math.max(attempt.firstWindowMs ?? windowMs, 2 * claimed.learnedMs);
  let credentialsAt: Date | null = null;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), deps.settings.leaseMs - deps.settings.marginMs);
  try {
    const connector = deps.connectors.get(claimed.connector);
    if (connector?.locate === "unsupported") {
      return {
        windowMs,
        result: judge(deps, claimed, attempt, { ...unread, windowMs, settlingMs, knownForMs }),
        tells: false,
      };
    }
    const { located, clockAheadMs, cachedForMs } = await readBack(
      deps,
      claimed,
      attempt,
      abort.signal,
      (opened) => {
        credentialsAt = opened.credentialsAt;
        settlingMs = windowFor(opened.settling, deps.settings, claimed);
        windowMs = Math.max(windowMs, settlingMs);
      },
    );
    const ids = located === "unsupported" ? [] : idsIn(located);
    const taken = ids.length === 0 ? new Set<string>() : await deps.idsTaken(claimed, attempt.id, ids);
    const witnesses = await witnessesFor(deps, claimed, attempt, { located, windowMs });
    const result = judge(deps, claimed, attempt, {
      located,
      windowMs,
      settlingMs,
      knownForMs,
      taken,
      witnesses,
      clockAheadMs,
      cachedForMs,
    });
    const isProven = result.kind === "found" || result.kind === "absent";
    const tells = located !== "unsupported" && (isProven || !showsEqual(located, { taken }));
    return { windowMs, result, tells };
  } catch (error) {
    const giveUpMs = giveUpAfter(claimed, settlingMs);
    const result = (await lacksAccess(deps, claimed, error, credentialsAt))
      ? await withoutAccess(deps, claimed, attempt, error, sinceSend - windowMs > giveUpMs)
      : afterFailedLook(error, attempt, sinceSend - windowMs, giveUpMs);
    return { windowMs, result, tells: false };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** Asks the platform for what equals the item; an access token that it no longer takes is renewed once. */
export async function readBack(
  deps: Pick<DeliveryDeps, "channels" | "settings">,
  claimed: Claimed,
  attempt: AttemptRecord,
  signal: AbortSignal,
  opened: (as: { settling: Settling; credentialsAt: Date | null }) => void,
): Promise<{ located: Located | "unsupported" } & Pick<LookFacts, "clockAheadMs" | "cachedForMs">> {
  const startedAt = performance.now();
  const now = () => claimed.claimedAt.getTime() + performance.now() - startedAt;
  const sentAt = new Date(attempt.intentAt);
  const from = mustCoverFrom(sentAt, deps.settings.skewMs);
  const lookedFor = { sentAt, from, afterLoss: attempt.afterLoss === true };
  const item = {
    index: attempt.item,
    key: itemKey(claimed, attempt.item),
    published: publishedBefore(claimed.attempts, attempt.item),
    ...leftOver(claimed.attempts, attempt.item),
  };
  for (let refresh = false; ; refresh = true) {
    const options = { whilePaused: true, refresh };
    const {
      connector,
      context,
      credentialsAt = null,
    } = await deps.channels.open(claimed.workspaceId, claimed.channelId, signal, options);
    if (connector.locate === "unsupported" || claimed.plan === null) {
      return { located: "unsupported", clockAheadMs: null, cachedForMs: 0 };
    }
    opened({ settling: connector.settling(context), credentialsAt });
    try {
      const clock = listenToClock(context.http, now);
      const located = await connector.locate({ ...context, http: clock.http }, claimed.plan, item, lookedFor);
      const cachedForMs = clock.cachedForMs();
      return { located: asOfNow(located, cachedForMs), clockAheadMs: clock.aheadMs(), cachedForMs };
    } catch (error) {
      const mayHelp =
        error instanceof ConnectorFailure && error.verdict === "unauthorized" && error.refreshable;
      if (!mayHelp || refresh) throw error;
    }
  }
}

/** What lay in a cache covers nothing, also where it is about a key: the item may be out since. */
function asOfNow(located: Located | "unsupported", cachedForMs: number): Located | "unsupported" {
  if (located === "unsupported" || cachedForMs === 0) return located;
  if (located.by === "list") return { ...located, coversFrom: null };
  return located.posts.length > 0 ? located : { by: "list", posts: [], coversFrom: null, shows: [] };
}

function judge(
  deps: ReconcileDeps,
  claimed: Claimed,
  attempt: AttemptRecord,
  seen: Pick<
    LookFacts,
    | "located"
    | "windowMs"
    | "settlingMs"
    | "knownForMs"
    | "taken"
    | "witnesses"
    | "clockAheadMs"
    | "cachedForMs"
  >,
): LookResult {
  const next = claimed.plan?.items[attempt.item + 1];
  return judgeLook({
    ...seen,
    sentAt: new Date(attempt.intentAt),
    // The claim came before the listing was asked for, so this is never too late.
    lookedAt: claimed.claimedAt,
    setForwardMs: attempt.setForwardMs,
    skewMs: deps.settings.skewMs,
    isTwinOfLost: isTwinOfLost(claimed, attempt),
    afterLoss: attempt.afterLoss === true,
    hasReplies: next !== undefined && next.kind !== "post",
    looks: attempt.looks + 1,
    watchers: claimed.watchers,
    giveUpAfterMs: giveUpAfter(claimed, seen.settlingMs),
  });
}

/** An equal post is there, by the platform's word: where an answer was lost before, it is ours as likely as not. */
function isTwinOfLost({ attempts }: Claimed, { id, item, errorCode }: AttemptRecord): boolean {
  return (
    isDuplicate(errorCode) &&
    attempts.some(
      (other) =>
        other.item === item &&
        other.id !== id &&
        other.state === "absent_proven" &&
        !isDuplicate(other.errorCode),
    )
  );
}

/** Nothing was read. */
const unread = {
  located: "unsupported",
  taken: new Set<string>(),
  witnesses: [],
  clockAheadMs: null,
  cachedForMs: 0,
} as const;

/** The most of the past that a list is asked to show: what is older may have been taken down by a person. */
const witnessesForMs = 3_600_000;

/**
 * What the list must show, or it may lack this item too: posts that were sent within the time it covers, long enough
 * ago that they must have appeared.
 */
async function witnessesFor(
  deps: ReconcileDeps,
  claimed: Claimed,
  attempt: AttemptRecord,
  { located, windowMs }: { located: Located | "unsupported"; windowMs: number },
): Promise<string[]> {
  if (located === "unsupported" || located.by === "key") return [];
  const { coversFrom, shows } = located;
  if (coversFrom === null || shows.length === 0) return [];
  const covered = coversFrom.getTime() + deps.settings.skewMs;
  const from = new Date(Math.max(covered, new Date(attempt.intentAt).getTime() - witnessesForMs));
  const until = new Date(claimed.claimedAt.getTime() - windowMs);
  return from < until ? deps.witnesses(claimed, shows, { from, until }) : [];
}

/**
 * How long after the window Galley keeps looking before it asks a person. The first look after a reconnect never asks:
 * until then nothing could be read.
 */
function giveUpAfter({ errorCode }: Claimed, settlingMs: number): number {
  return errorCode === accessIsBack ? Infinity : Math.max(60_000, 3 * settlingMs);
}

/**
 * Whether a look failed for want of access. A channel whose credentials were refused is marked, also where it sends
 * nothing more: nobody would be told, and asked about each of its posts instead.
 */
async function lacksAccess(
  deps: ReconcileDeps,
  { workspaceId, channelId }: Claimed,
  error: unknown,
  credentialsAt: Date | null,
): Promise<boolean> {
  if (error instanceof ConnectorFailure && error.verdict === "unauthorized") {
    await deps.channels.needsReconnect(workspaceId, channelId, error.message, credentialsAt);
    return true;
  }
  return error instanceof GalleyError && error.code === "channels.needs_reconnect";
}

/**
 * While the channel has to be connected again, that is what a person is asked, and not each of its posts: `resumeLooks`
 * goes on with them. One that was disconnected may never come back.
 */
async function withoutAccess(
  deps: ReconcileDeps,
  claimed: Claimed,
  attempt: AttemptRecord,
  error: unknown,
  isOver: boolean,
): Promise<LookResult> {
  const status = await deps.channelStatus(claimed);
  const why = wordsOf(error);
  // There are other credentials by now.
  if (status === "connected") return { kind: "again", waitMs: lookAfterMs(0), why };
  if (status === "disconnected" && isOver) {
    return { ...unreadable(attempt, why), noAccess: true };
  }
  return { kind: "again", waitMs: longestLookMs, why, noAccess: true };
}

function isRenewing(error: unknown): boolean {
  return error instanceof GalleyError && error.code === "channels.renewing";
}

/** What earlier looks have seen is worth an address still. */
function unreadable({ doubt }: AttemptRecord, why: string): Extract<LookResult, { kind: "ask" }> {
  const message = `The platform could not be read: ${why}`;
  const { coversFrom = null, seen = [] } = doubt ?? {};
  return { kind: "ask", why: message, doubt: { reason: "unreadable", message, coversFrom, seen } };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : "the platform could not be read";
}

/** What keeps Galley itself from looking is over within moments, and the platform was not asked. */
const ownPauseMs = 5_000;

function afterFailedLook(
  error: unknown,
  attempt: AttemptRecord,
  pastWindowMs: number,
  giveUpMs: number,
): LookResult {
  const why = wordsOf(error);
  // Its own database away is nothing that a person could answer, nor is a renewal under way: that one ends by itself,
  // with access or as a question about the channel. Any other error that stays is: nobody waits for ever.
  const isTheirs = !isDatabaseUnavailable(error) && !isRenewing(error);
  if (isTheirs && pastWindowMs > giveUpMs) return unreadable(attempt, why);
  const askedMs = error instanceof ConnectorFailure ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  const untilAskedMs = isTheirs ? giveUpMs - pastWindowMs : ownPauseMs;
  return { kind: "again", waitMs: Math.max(askedMs, lookAgainAfterMs(attempt.looks + 1, untilAskedMs)), why };
}
