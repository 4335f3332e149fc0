import { recordInstallationEvent } from "#platform/audit";
import { clearQuarantineOrder, quarantineOrder } from "#platform/config";
import type { Database } from "#platform/db";
import type { SignedIn } from "#platform/wire";
import { DeliveryError } from "../model/errors.ts";
import { alarmOf, furthestEpoch } from "./history.ts";
import { findPlace, type Place, readMarker, writeMarker } from "./marker.ts";
import * as store from "./quarantine.store.ts";
import type { DeliveryLog, Epochs } from "../deps.ts";

type QuarantineView = {
  active: boolean;
  /** ISO text, as `unknownSince`; null where it is not active. */
  since: string | null;
  unknownSince: string | null;
  reason: string | null;
  /** It may be a copy of a Galley that still runs. */
  mayRunTwice: boolean;
} & store.Progress;

/** What only a person can know when a quarantine ends. */
type ReleaseWords = {
  /** The other Galley, where this may be a copy, is switched off. */
  otherIsOff?: boolean;
  /** In the time that was lost, nobody sent early what is planned for later: it need not be looked for. */
  nothingSentEarly?: boolean;
};

export type Quarantine = Epochs & {
  /**
   * Asks the database something together with how far this process has seen its log come (in bytes), and keeps how far
   * the answer says that it has come now. An answer that comes after its history was lost counts no more.
   */
  watch<Answer extends { reached: number | null }>(ask: (seen: number) => Promise<Answer>): Promise<Answer>;
  isActive(): Promise<boolean>;
  /**
   * Whether this may be a copy of a Galley that still runs, as of the last epoch: then nothing is done that could disturb
   * the other one, not even by renewing a token that both have.
   */
  mayRunTwice(): boolean;
  view(): Promise<QuarantineView>;
  /** `admin`: an admin of the installation; the route's access has made sure of that, here as for `release`. */
  enter(admin: SignedIn, since: Date): Promise<QuarantineView>;
  /**
   * Throws `delivery.quarantine_unfinished` while something was not looked up. Of what may be a copy nothing is looked up
   * before its release, which throws `delivery.may_run_twice` where nobody has said that the other Galley is off.
   */
  release(admin: SignedIn, words?: ReleaseWords): Promise<QuarantineView>;
};

const ordered = "An administrator said that it was restored.";

/**
 * @param options.directory null: only the explicit commands, no comparison with a folder
 */
export function createQuarantine(options: {
  database: Database;
  directory: string | null;
  publicUrl: string | null;
  log: DeliveryLog;
}): Quarantine {
  const { database, directory, publicUrl, log } = options;
  const db = database.system;
  let lastEpoch = 0;
  /** Another object for each history. */
  let seen = { position: 0 };
  let place: Place | null = null;
  let isPerhapsCopy = false;

  async function advanceEpoch(): Promise<void> {
    // Read before the database: the folder's number was committed before it was written.
    const marker = directory === null ? null : await readMarker(directory);
    const order = directory === null ? null : await quarantineOrder(directory);
    if (directory !== null) place ??= await findPlace(directory, publicUrl);
    // What this process sees while the database is asked may be newer than the answer.
    const seenPosition = seen.position;
    const written = await db.transaction().execute(async (transaction) => {
      const { row, now, silentMs } = await store.readInstallation(transaction, true);
      const stake = await store.deliveriesAtStake(transaction);
      const facts = { row, now, silentMs, lastEpoch, seenPosition, marker, place, ...stake };
      const alarm = alarmOf(facts);
      if (order !== null) await quarantine(transaction, { reason: ordered, since: order });
      // Also beside an order: only what is seen here tells that it may be a copy.
      if (alarm !== null) await quarantine(transaction, { ...alarm, since: row.epochAt });
      const next = Math.max(row.epoch, furthestEpoch(facts)) + 1;
      await store.writeEpoch(transaction, next, now);
      const { mayRunTwice } = await store.readInstallation(transaction);
      const position = now.position ?? 0;
      const isSilent = now.timeline === null;
      const { databaseId } = row;
      return { databaseId, epoch: next, position, isLost: alarm !== null, isSilent, mayRunTwice };
    });
    if (lastEpoch === 0 && written.isSilent) {
      log.warn(
        {},
        "this database tells neither its timeline nor its position: after a failover, say so with `galley quarantine start`",
      );
    }
    isPerhapsCopy = written.mayRunTwice;
    lastEpoch = written.epoch;
    // What was seen of a history that is lost counts no more, nor what comes late from it.
    if (written.isLost) seen = { position: written.position };
    else seen.position = Math.max(seen.position, written.position);
    if (directory === null) return;
    await writeMarker(directory, { databaseId: written.databaseId, epoch: written.epoch, place });
    if (order !== null) await clearQuarantineOrder(directory);
  }

  async function quarantine(
    transaction: typeof db,
    why: Parameters<typeof store.enterQuarantine>[1],
  ): Promise<void> {
    log.error(
      { since: why.since },
      `quarantine: ${why.reason} Nothing is sent until an admin of the installation releases it.`,
    );
    await store.enterQuarantine(transaction, why);
  }

  async function view(): Promise<QuarantineView> {
    const { quarantinedAt, unknownSince, reason, mayRunTwice } = await store.readInstallation(db);
    const active = quarantinedAt !== null;
    return {
      active,
      since: quarantinedAt?.toISOString() ?? null,
      unknownSince: unknownSince?.toISOString() ?? null,
      reason,
      mayRunTwice,
      ...(active ? await store.quarantineProgress(db) : store.nothingOpen),
    };
  }

  return {
    advanceEpoch,
    lastEpoch: () => lastEpoch,
    watch: async (ask) => {
      const history = seen;
      const answer = await ask(history.position);
      history.position = Math.max(history.position, answer.reached ?? 0);
      return answer;
    },
    mayRunTwice: () => isPerhapsCopy,
    isActive: async () => (await store.readInstallation(db)).quarantinedAt !== null,
    view,
    enter: async ({ userId, name }, since) => {
      await db.transaction().execute(async (transaction) => {
        await store.readInstallation(transaction, true);
        await store.enterQuarantine(transaction, {
          reason: `${name} said that it was restored.`,
          since,
        });
        await recordInstallationEvent(transaction, {
          actor: { kind: "person", userId },
          action: "delivery.quarantined",
          details: { since: since.toISOString() },
        });
      });
      return view();
    },
    release: async ({ userId }, { otherIsOff = false, nothingSentEarly = false } = {}) => {
      await db.transaction().execute(async (transaction) => {
        const { quarantinedAt, mayRunTwice } = await store.readInstallation(transaction, true);
        if (quarantinedAt === null) return;
        if (mayRunTwice && !otherIsOff) throw mayBeTwo();
        const { unchecked, reading } = await store.quarantineProgress(transaction);
        if (!mayRunTwice && unchecked + reading > 0) throw unfinished(unchecked + reading);
        // Until a moment ago the other one may have sent.
        if (mayRunTwice) await store.restartWindows(transaction);
        await store.leaveQuarantine(transaction);
        if (nothingSentEarly) await store.forgetLater(transaction, quarantinedAt);
        await recordInstallationEvent(transaction, {
          actor: { kind: "person", userId },
          action: "delivery.released",
          details: { otherIsOff, nothingSentEarly },
        });
      });
      return view();
    },
  };
}

function unfinished(count: number): DeliveryError {
  return new DeliveryError({
    code: "delivery.quarantine_unfinished",
    kind: "conflict",
    message: `${count} ${count === 1 ? "post is" : "posts are"} still being looked up on the platforms. A worker must run for that; wait until none is left, then release.`,
    retryable: true,
  });
}

function mayBeTwo(): DeliveryError {
  return new DeliveryError({
    code: "delivery.may_run_twice",
    kind: "conflict",
    message:
      "This Galley may be a copy of one that still runs, and both would send the same posts. Switch the other one off, and say so with the release.",
  });
}
