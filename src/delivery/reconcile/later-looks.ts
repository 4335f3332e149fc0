import { ConnectorFailure, type Located, type Published } from "#connectors";
import { type Actor, newId, webAddress } from "#kit";
import type { Database } from "#platform/db";
import { append } from "#platform/events";
import type { Sweep } from "#platform/jobs";
import { createWorkerPool } from "../claim/worker-pool.ts";
import type { Epochs, ReconcileDeps } from "../deps.ts";
import { deliverySecondCopyAcknowledged, deliverySecondCopyFound } from "../events.ts";
import { learnWindow } from "../holds/holds.store.ts";
import { notFound } from "../model/errors.ts";
import { appendSettled } from "../model/settled.ts";
import {
  acknowledgeCopy,
  claimLaterLooks,
  finishLook,
  holdLook,
  insertCopies,
  type LaterLook,
  lookBeforeResend,
  type LookOutcome,
  putOffLook,
} from "./later-looks.store.ts";
import { readBack } from "./look.ts";
import { candidatesIn, idsIn, isClockOff, mustCoverFrom } from "./proof.ts";
import { invisibleMs } from "./reconcile.ts";

/** A minute after the first failure, then twice as long each time: about a day and a half in all. */
const firstPauseMs = 60_000;
const mostTries = 12;

type LaterDeps = {
  database: Database;
  deps: ReconcileDeps;
  epochs: Epochs;
};

type Candidate = Published & { createdAt: Date };
type Seen =
  | { outcome: Exclude<LookOutcome, "found" | "given_up"> | "clock_off" }
  | { outcome: "found"; copies: Candidate[] };

/**
 * Looks once more, and a day later once more, for what was taken for absent and sent again (migration 0057,
 * docs/decisions/0126): a platform that shows posts late has both by then. What waits to be sent again is looked up first;
 * nothing else of a delivery moves.
 */
export function laterLooksSweep(parts: LaterDeps): Sweep {
  const { database, deps, epochs } = parts;
  const { leaseMs } = deps.settings;
  const pool = createWorkerPool<LaterLook>({
    claim: async (limit) => {
      // A database that was restored is recognised before its history is believed.
      if (epochs.lastEpoch() === 0) await epochs.advanceEpoch();
      return claimLaterLooks(database.system, { limit, leaseMs, lastEpoch: epochs.lastEpoch() });
    },
    work: (look) => lookOnceMore(parts, look),
    groupOf: ({ channelId }) => channelId,
    concurrency: 4,
    perGroup: 2,
    lookEveryMs: 5_000,
  });
  return { name: "delivery.later_looks", everyMs: 10_000, run: (signal) => pool.run(signal) };
}

/** Never throws; a look that fails is made again later, and given up after its last try. */
async function lookOnceMore(parts: LaterDeps, look: LaterLook): Promise<void> {
  const { deps, database } = parts;
  try {
    const seen = await read(deps, look);
    if (seen.outcome === "clock_off") await putOff(parts, look);
    else if (seen.outcome === "found") await tellOf(parts, look, seen.copies);
    else await finishLook(database.system, look, seen.outcome);
  } catch (error) {
    const askedMs = error instanceof ConnectorFailure ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
    deps.log.warn({ err: error, deliveryId: look.id, tries: look.looksTried }, "later look failed");
    await putOff(parts, look, askedMs).catch((failure: unknown) =>
      deps.log.error({ err: failure, deliveryId: look.id }, "a later look could not be put off"),
    );
  }
}

/** The lease ends by itself where not even this can be written. */
async function putOff({ database }: LaterDeps, look: LaterLook, atLeastMs = 0): Promise<void> {
  if (look.looksTried >= mostTries) await finishLook(database.system, look, "given_up");
  else await putOffLook(database.system, look, pauseAfter(look.looksTried, atLeastMs));
}

function pauseAfter(tries: number, atLeastMs: number): number {
  return Math.max(atLeastMs, firstPauseMs * 2 ** (tries - 1));
}

async function read(deps: ReconcileDeps, look: LaterLook): Promise<Seen> {
  const attempt = attemptOf(look);
  const sentAt = new Date(attempt.intentAt);
  const { skewMs, leaseMs, marginMs } = deps.settings;
  const signal = AbortSignal.timeout(leaseMs - marginMs);
  const { located, clockAheadMs } = await readBack(deps, asOf(look), attempt, signal, () => undefined);
  if (located === "unsupported") return { outcome: "unsupported" };
  const taken = await deps.idsTaken(look, attempt.id, idsIn(located));
  const facts = { sentAt, skewMs, clockAheadMs, taken, setForwardMs: attempt.setForwardMs };
  if (located.by === "list" && isClockOff(facts)) return { outcome: "clock_off" };
  const copies = candidatesIn(located, facts).slice(isOwnUnknown(look) ? 1 : 0);
  if (copies.length > 0) return { outcome: "found", copies };
  return { outcome: covers(located, mustCoverFrom(sentAt, skewMs)) ? "none" : "uncovered" };
}

function attemptOf({ attempts, item, number }: LaterLook) {
  const attempt = attempts.find((one) => one.item === item && one.number === number);
  if (!attempt) throw new TypeError("a later look is for an attempt");
  return attempt;
}

/** The delivery as it was when the attempt was made: the item had the key of then. */
function asOf(look: LaterLook): LaterLook {
  const { item, number } = look;
  return {
    ...look,
    attempts: look.attempts.filter((attempt) => attempt.item !== item || attempt.number < number),
  };
}

/** A person said that it is live, at an address that names no post: one of the equal ones is it. */
function isOwnUnknown({ attempts, item }: LaterLook): boolean {
  return attempts.some(
    (attempt) => attempt.item === item && attempt.state === "confirmed" && attempt.externalId === null,
  );
}

function covers(located: Located, from: Date): boolean {
  return located.by === "key" || (located.coversFrom !== null && located.coversFrom <= from);
}

/**
 * Writes second copies down and lets people be told, in one transaction. What may still be another attempt's is left
 * for the next try. Where the item waits to be sent again, the post is no copy: it is to be found before that.
 */
async function tellOf(parts: LaterDeps, look: LaterLook, found: readonly Candidate[]): Promise<void> {
  const { database, deps } = parts;
  const { workspaceId, postId, id } = look;
  const attempt = attemptOf(look);
  const copies = found.map(({ externalId, url, createdAt }) => ({
    id: newId(),
    externalId,
    url: webAddress(url),
    createdAt,
  }));
  await database.system.transaction().execute(async (transaction) => {
    if (!(await holdLook(transaction, look))) return;
    const resend = await lookBeforeResend(transaction, look);
    if (resend === "marked") return void (await finishLook(transaction, look, "found"));
    // On its way: by the next try it is known whether the item was sent again.
    const isMoving = resend === "moving";
    const written = new Set(
      isMoving ? [] : await insertCopies(transaction, look, copies, deps.settings.skewMs),
    );
    const told = copies.filter((copy) => written.has(copy.id));
    const isWhole = told.length === copies.length;
    if (isWhole || look.looksTried >= mostTries) {
      await finishLook(transaction, look, told.length > 0 ? "found" : "given_up");
    } else {
      await putOffLook(transaction, look, pauseAfter(look.looksTried, 0));
    }
    if (told.length === 0) return;
    const missedAt = look.missedAt ?? attempt.lookedAt;
    if (missedAt !== null && attempt.isTimeUnsure !== true) {
      await learnWindow(transaction, look, invisibleMs(look, attempt, new Date(missedAt)));
    }
    await append(transaction, deliverySecondCopyFound, {
      actor: { kind: "system", workspaceId },
      targetId: id,
      data: { item: look.item, urls: told.map(({ url }) => url) },
    });
    await appendSettled(transaction, [{ workspaceId, postId }]);
    deps.log.warn({ workspaceId, deliveryId: id, postId, copies: told.length }, "a second copy is out");
  });
}

/**
 * A person says that a second copy is settled: taken down, or left on purpose. Saying so again changes nothing.
 * Returns the delivery that it is a copy of.
 *
 * @throws DeliveryError `delivery.not_found`
 */
export async function acknowledgeSecondCopy(
  database: Database,
  actor: Actor,
  copyId: string,
): Promise<string> {
  return database.inWorkspace(actor.workspaceId, async (transaction) => {
    const copy = await acknowledgeCopy(transaction, actor.workspaceId, copyId, actor.userId);
    if (!copy) throw notFound();
    if (copy.isFirst) {
      await append(transaction, deliverySecondCopyAcknowledged, {
        actor,
        targetId: copy.deliveryId,
        data: { url: copy.url },
      });
    }
    return copy.deliveryId;
  });
}
