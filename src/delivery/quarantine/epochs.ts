import { clearQuarantineOrder, quarantineOrder } from "#platform/config";
import type { Database } from "#platform/db";
import type { DeliveryLog, Epochs } from "../deps.ts";
import { alarmOf, furthestEpoch } from "./history.ts";
import { findPlace, type Place, readMarker, writeMarker } from "./marker.ts";
import * as store from "./quarantine.store.ts";

export type WatchedEpochs = Epochs & {
  /**
   * Asks the database something together with how far this process has seen its log come (in bytes), and keeps how far
   * the answer says that it has come now. An answer that comes after its history was lost counts no more.
   */
  watch<Answer extends { reached: number | null }>(ask: (seen: number) => Promise<Answer>): Promise<Answer>;
  /**
   * Whether this may be a copy of a Galley that still runs, as of the last epoch: then nothing is done that could disturb
   * the other one, not even by renewing a token that both have.
   */
  mayRunTwice(): boolean;
};

export type EpochOptions = {
  database: Database;
  /** Null: only the explicit commands, no comparison with a folder. */
  directory: string | null;
  publicUrl: string | null;
  log: DeliveryLog;
};

const ordered = "An administrator said that it was restored.";

/** Compares, again and again, what the database, its data folder and this process know of each other. */
export function createEpochs({ database, directory, publicUrl, log }: EpochOptions): WatchedEpochs {
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
  };
}
