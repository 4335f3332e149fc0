import type { InstallationSettings } from "#channels";
import { type ConnectorRegistry, platformSkewMs } from "#connectors";
import { type Database, isDatabaseUnavailable, sqlState } from "#platform/db";
import { type StuckDelivery, stuckIn } from "./views/stuck.read.ts";
import type { Jobs, Sweep, Task } from "#platform/jobs";
import type { Schema } from "#platform/db";
import type { Kysely } from "kysely";
import { setTimeout as pause } from "node:timers/promises";
import { claimAmbiguous, claimDue } from "./claim/claim.store.ts";
import type { Claimed } from "./model/claimed.ts";
import { claimWithinQuotas } from "./claim/claim-quota.ts";
import { dueConnectors } from "./claim/claim-quota.store.ts";
import {
  deliveriesInStates,
  deliveriesOfPost,
  type DeliveryView,
  waitingOnChannel,
} from "./views/deliveries.read.ts";
import { createFirstSeen } from "./model/first-seen.ts";
import { createClockSteps } from "./maintenance/clock-steps.ts";
import { connectorQuotas } from "./claim/connector-quotas.ts";
import {
  ambiguousAttempts,
  cancelOnChannel,
  channelStatus,
  confirmedBetween,
  externalIdsTaken,
  type Change,
} from "./order/deliveries.store.ts";
import { DeliveryError } from "./model/errors.ts";
import { type Lane, roundRobin } from "./claim/round-robin.ts";
import { groupCommit } from "./send/group-commit.ts";
import { createHolds, type Holds } from "./holds/holds.ts";
import { holdAccount, learnWindow } from "./holds/holds.store.ts";
import type { Intent } from "./model/intent.ts";
import { writeIntents } from "./send/intents.store.ts";
import { laterLooks } from "./reconcile/later-looks.ts";
import { renewLease } from "./send/leases.store.ts";
import {
  cancelOrder,
  cancelUnclaimedOrder,
  type DeliveryOrder,
  publishTask,
  requestDeliveries,
  rescheduleOrder,
} from "./order/order.ts";
import { createDecisions, type Decisions } from "./decisions/decisions.ts";
import { prepareAhead } from "./send/prepare-ahead.ts";
import { claimPreparations, findPreparation, forgetPreparations } from "./send/preparations.store.ts";
import { publishDelivery } from "./send/publish.ts";
import { createWorkerPool } from "./claim/worker-pool.ts";
import { createQuarantine, type Quarantine } from "./quarantine/quarantine.ts";
import { lookForDelivery } from "./quarantine/quarantine-check.ts";
import { claimUnchecked } from "./quarantine/quarantine.store.ts";
import type { ReconcileDeps, ChannelAccess, DeliveryLog, DeliverySettings, MediaBytes } from "./deps.ts";
import { reconcileDelivery } from "./reconcile/reconcile.ts";
import { sayOutcome, type Settlement } from "./model/settlement.ts";
import { writeSettlements } from "./model/settlements.store.ts";
import type { DeliveryState } from "./model/state.ts";
import {
  durabilityProblem,
  holdForReconnect,
  markMissed,
  missAway,
  resumeLooks,
  resumeReconnected,
  waitForHolds,
} from "./maintenance/maintenance.store.ts";
import { recoverExpired, recoverFromDead } from "./maintenance/recovery.store.ts";

export type DeliveriesOptions = {
  database: Database;
  jobs: Jobs;
  channels: ChannelAccess;
  connectors: ConnectorRegistry;
  files: MediaBytes;
  log: DeliveryLog;
  /** Names this process where it claims, as its heartbeat does. */
  claimant?: string;
  /** The installation's settings of connectors, from which their quotas follow; none by default. */
  connectorSettings?: InstallationSettings;
  /** Where the mark is kept by which a restored database is recognised; without it none is. */
  dataDir?: string;
  /** Where Galley is reached. */
  publicUrl?: string;
  settings: Pick<DeliverySettings, "concurrency" | "minimumWindowMs"> & Partial<DeliverySettings>;
};

/** The face of delivery. Time is the database's: due times, leases and windows are judged by its clock. */
export type Deliveries = Decisions & {
  /** Freezes an approved post, one delivery per variant; part of the caller's transaction. */
  request(transaction: Kysely<Schema>, order: DeliveryOrder): Promise<string[]>;
  /** Cancels what has not been sent; part of the caller's transaction. */
  cancel(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
  ): Promise<{ cancelled: string[]; tooLate: string[] }>;
  /** Cancels what no worker has claimed; part of the caller's transaction. */
  cancelUnclaimed(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
  ): Promise<{ cancelled: string[]; tooLate: string[] }>;
  /** Cancels what a post would still send on one channel, with the reason; part of the caller's transaction. */
  cancelOnChannel(
    transaction: Kysely<Schema>,
    place: { workspaceId: string; postId: string; channelId: string },
    why: { code: string; message: string },
  ): Promise<Change>;
  /** Moves what has not been sent; part of the caller's transaction. */
  reschedule(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
    dueAt: Date,
  ): Promise<{ rescheduled: string[]; tooLate: string[] }>;
  /** What waits to go out on a channel, to be told before it is disconnected. */
  waitingOn(workspaceId: string, channelId: string): Promise<{ scheduled: number; nextAt: Date | null }>;
  forPost(workspaceId: string, postId: string): Promise<DeliveryView[]>;
  /** What is neither sent nor asks although its time is over: a defect of Galley's. */
  stuck(workspaceId: string): Promise<StuckDelivery[]>;
  inStates(
    workspaceId: string,
    query: { states: readonly DeliveryState[] | "second_copy"; limit: number; before: string | null },
  ): Promise<DeliveryView[]>;
  holds: Holds;
  quarantine: Quarantine;
  /**
   * Throws `delivery.not_durable` on a database that may forget a commit, and recognises one that was
   * restored; a worker asks before it starts.
   */
  checkDurability(): Promise<void>;
  /** Frees what processes that died had claimed and not sent. */
  recoverFromDead(processes: readonly string[]): Promise<void>;
  tasks: Record<string, Task>;
  sweeps: readonly Sweep[];
};

const defaults = {
  leaseMs: 60_000,
  prepareMs: 1_800_000,
  aheadMs: 1_200_000,
  marginMs: 10_000,
  skewMs: platformSkewMs,
};

/** Errors that the database raised about one row, or a deadlock that it broke: nothing of the statement stands. */
function isRefusedRow(error: unknown): boolean {
  return /^(GD...|23...|22...|40P01)$/.test(sqlState(error) ?? "");
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { database, jobs, channels, connectors, files, log } = options;
  const settings: DeliverySettings = { ...defaults, ...options.settings };
  const { dataDir: directory = null, publicUrl = null } = options;
  const quarantine = createQuarantine({ database, directory, publicUrl, log });
  const connectorSettings = options.connectorSettings ?? {};
  // Whether a platform counts at all is told by the installation's settings; an app changes the numbers.
  const counting = new Map(
    [...connectors.values()]
      .map((connector) => ({
        connector,
        settings: connectorSettings,
        quotas: connectorQuotas(connector, connectorSettings, log),
      }))
      .filter(({ quotas }) => quotas(null).length > 0)
      .map((one) => [one.connector.id, one] as const),
  );
  // Several smaller commits follow one another: while one is on its way, what the last confirmed moves on.
  const maxItems = Math.max(8, Math.ceil(settings.concurrency / 2));

  const writeIntent = groupCommit<Intent, boolean>({
    flush: async (intents) => {
      const written = await quarantine.watch((seen) => writeIntents(database.system, intents, seen));
      return written.standing;
    },
    isolates: isRefusedRow,
    maxItems,
  });
  const settleTogether = groupCommit<Settlement, boolean>({
    flush: (settlements) => writeSettlements(database.system, settlements),
    isolates: isRefusedRow,
    maxItems,
  });

  /** What a platform answered is precious: while the lease may last, a database that is away is tried again. */
  async function settle(settlement: Settlement): Promise<boolean> {
    const giveUpAt = performance.now() + settings.marginMs;
    for (let waitMs = 50; ; waitMs *= 2) {
      try {
        const isWritten = await settleTogether(settlement);
        if (isWritten) sayOutcome(log, settlement);
        return isWritten;
      } catch (error) {
        if (!isDatabaseUnavailable(error) || performance.now() + waitMs > giveUpAt) throw error;
        await pause(waitMs);
      }
    }
  }

  const firstSeen = createFirstSeen();
  const clockSteps = createClockSteps({ database, log, settings });
  const deps: ReconcileDeps = {
    channels,
    connectors,
    files,
    settings,
    log,
    renewLease: (claimed) => renewLease(database.system, claimed, settings.leaseMs),
    findPreparation: (claimed) => findPreparation(database.system, claimed),
    writeIntent,
    settle,
    holdAccount: (claimed, notBefore) => holdAccount(database.system, claimed, notBefore),
    idsTaken: (claimed, attemptId, ids) => externalIdsTaken(database.system, claimed, attemptId, ids),
    witnesses: (claimed, kinds, sent) => confirmedBetween(database.system, claimed, kinds, sent),
    channelStatus: (claimed) => channelStatus(database.system, claimed),
    firstSeen,
    learnWindow: (claimed, visibleAfterMs) => learnWindow(database.system, claimed, visibleAfterMs),
  };
  const claimInTurns = roundRobin<Claimed>();
  const lease = { leaseMs: settings.leaseMs, claimant: options.claimant ?? null };

  async function claim(limit: number, busyChannels: string[]): Promise<Claimed[]> {
    // Nothing is sent before database and data folder were compared.
    if (quarantine.lastEpoch() === 0) await quarantine.advanceEpoch();
    const upTo = (most: number) => ({ limit: most, busyChannels, ...lease, lastEpoch: quarantine.lastEpoch() });
    const exceptConnectors = [...counting.keys()];
    const due = await dueConnectors(database.system, exceptConnectors);
    const lanes = due.flatMap((id): Lane<Claimed>[] => {
      const counted = counting.get(id);
      return counted ? [(most) => claimWithinQuotas(database.system, counted, upTo(most))] : [];
    });
    lanes.push((most) => claimDue(database.system, { ...upTo(most), exceptConnectors }));
    return claimInTurns(lanes, limit);
  }

  const publishing = createWorkerPool({
    claim,
    work: (claimed, stopping) => publishDelivery(deps, claimed, stopping),
    groupOf: (claimed) => claimed.channelId,
    concurrency: settings.concurrency,
    perGroup: Math.max(1, Math.ceil(settings.concurrency / 2)),
    lookEveryMs: 1_000,
  });
  // A few at a time, in slots of their own: what is due is never behind what is not.
  const preparing = createWorkerPool({
    claim: (limit, busyChannels) => {
      const { aheadMs } = settings;
      const lastEpoch = quarantine.lastEpoch();
      return claimPreparations(database.system, { limit, busyChannels, ...lease, aheadMs, lastEpoch });
    },
    work: (claimed, aborted) => prepareAhead(deps, database, claimed, aborted),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 4,
    perGroup: 2,
    lookEveryMs: 5_000,
  });
  const reconciling = createWorkerPool({
    claim: (limit) => claimAmbiguous(database.system, { limit, ...lease }),
    work: (claimed) => reconcileDelivery(deps, claimed),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 8,
    perGroup: 8,
    lookEveryMs: 1_000,
  });

  async function checkDurability(): Promise<void> {
    const problem = await durabilityProblem(database.system);
    if (problem === null) {
      await quarantine.advanceEpoch();
      return;
    }
    throw new DeliveryError({ code: "delivery.not_durable", kind: "unavailable", message: problem });
  }

  // The sweeps' signal aborts at once when the process stops; a task's only when patience ends.
  let stopping: AbortSignal | null = null;

  const looking = createWorkerPool({
    claim: (limit) => claimUnchecked(database.system, { limit, ...lease }),
    work: (claimed, aborted) => lookForDelivery(deps, database, claimed, aborted),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 8,
    perGroup: 8,
    lookEveryMs: 1_000,
  });

  return {
    holds: createHolds({ database, jobs }),
    quarantine,
    request: (transaction, order) => requestDeliveries(transaction, jobs, order),
    cancel: cancelOrder,
    cancelUnclaimed: cancelUnclaimedOrder,
    cancelOnChannel,
    reschedule: (transaction, workspaceId, postId, dueAt) =>
      rescheduleOrder(transaction, jobs, { workspaceId, postId, dueAt }),
    waitingOn: (workspaceId, channelId) => waitingOnChannel(database, workspaceId, channelId),
    forPost: (workspaceId, postId) => deliveriesOfPost(database, workspaceId, postId),
    stuck: (workspaceId) => stuckIn(database.system, workspaceId),
    inStates: (workspaceId, query) => deliveriesInStates(database, workspaceId, query),
    ...createDecisions({ database, jobs, connectors }),
    checkDurability,
    recoverFromDead: (processes) => recoverFromDead(database.system, processes),
    tasks: {
      [publishTask]: async (_payload, { signal }) => {
        // Before the first sweep nothing could stop it; that sweep is about to come and finds what is due.
        if (stopping) await publishing.run(AbortSignal.any([signal, stopping]));
      },
    },
    sweeps: [
      {
        name: publishTask,
        everyMs: 1_000,
        run: async (signal) => {
          stopping = signal;
          await publishing.run(signal);
        },
      },
      {
        name: "delivery.beat",
        everyMs: 2_000,
        run: () => quarantine.advanceEpoch(),
      },
      {
        // For itself: an epoch waits for no upload that is made to look something up.
        name: "delivery.quarantine",
        everyMs: 2_000,
        run: async (signal) => {
          if (quarantine.lastEpoch() === 0) await quarantine.advanceEpoch();
          if (!quarantine.mayRunTwice()) await looking.run(signal);
        },
      },
      {
        name: "delivery.prepare_ahead",
        everyMs: 5_000,
        run: async (signal) => {
          await forgetPreparations(database.system);
          await preparing.run(signal);
        },
      },
      laterLooks({ database, jobs, deps, quarantine }),
      {
        name: "delivery.reconcile",
        everyMs: 1_000,
        run: async (signal) => {
          if (!quarantine.mayRunTwice()) await reconciling.run(signal);
        },
      },
      {
        name: "delivery.tend",
        everyMs: 2_000,
        run: async () => {
          // First: a clock that was set ends no lease.
          if (await clockSteps.compare()) await recoverExpired(database.system);
          firstSeen.note(await ambiguousAttempts(database.system));
          await resumeLooks(database.system, jobs);
          // What is due may have been sent: it is looked up first, and then missed or not.
          if (await quarantine.isActive()) return;
          await markMissed(database.system, jobs);
          await holdForReconnect(database.system, jobs);
          await resumeReconnected(database.system, jobs);
          await missAway(database.system, jobs);
          await waitForHolds(database.system);
        },
      },
    ],
  };
}
