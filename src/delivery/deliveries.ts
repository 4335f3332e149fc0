import type { InstallationSettings } from "#channels";
import { type ConnectorRegistry, platformSkewMs } from "#connectors";
import type { Database } from "#platform/db";
import type { Jobs, Sweep, Task } from "#platform/jobs";
import { createClaim } from "./claim/claim-due.ts";
import { createDecisions, type Decisions } from "./decisions/decisions.ts";
import type {
  ChannelAccess,
  DeliveryLog,
  DeliverySettings,
  Lease,
  MediaBytes,
  ReconcileDeps,
} from "./deps.ts";
import { holdAccount, learnWindow } from "./holds/holds.store.ts";
import { createHolds, type Holds } from "./holds/holds.ts";
import { assertDurable, maintenanceSweep } from "./maintenance/maintenance.ts";
import { recoverFromDead } from "./maintenance/recovery.store.ts";
import { createFirstSeen } from "./model/first-seen.ts";
import { formerTasks } from "./model/settled.ts";
import { channelStatus } from "./order/deliveries.store.ts";
import { createOrders, type Orders, publishTask } from "./order/order.ts";
import { createQuarantine, type Quarantine } from "./quarantine/quarantine.ts";
import { quarantineSweeps } from "./quarantine/sweeps.ts";
import { confirmedBetween, externalIdsTaken } from "./reconcile/attempts.store.ts";
import { laterLooksSweep } from "./reconcile/later-looks.ts";
import { reconcilingSweep } from "./reconcile/reconciling.ts";
import { createCommits } from "./send/commits.ts";
import { renewLease } from "./send/leases.store.ts";
import { findPreparation } from "./send/preparations.store.ts";
import { preparingSweep } from "./send/preparing.ts";
import { createPublishing } from "./send/publishing.ts";
import { createViews, type DeliveryViews } from "./views/views.ts";

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
  dataDir?: string | null;
  /** Where Galley is reached. */
  publicUrl?: string;
  settings: Pick<DeliverySettings, "concurrency" | "minimumWindowMs"> & Partial<DeliverySettings>;
};

/** The face of delivery. Time is the database's: due times, leases and windows are judged by its clock. */
export type Deliveries = Orders &
  DeliveryViews &
  Decisions & {
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

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { database, jobs, connectors, log } = options;
  const { claimant = null, connectorSettings = {}, dataDir: directory = null, publicUrl = null } = options;
  const settings: DeliverySettings = { ...defaults, ...options.settings };
  const lease: Lease = { leaseMs: settings.leaseMs, claimant };
  const quarantine = createQuarantine({ database, directory, publicUrl, log });
  const deps = createDeps(options, settings, quarantine);
  const claim = createClaim({ database, connectors, connectorSettings, log, lease, epochs: quarantine });
  const publishing = createPublishing(deps, claim);

  return {
    ...createOrders({ jobs }),
    ...createViews({ database }),
    ...createDecisions({ database, jobs, connectors }),
    holds: createHolds({ database, jobs }),
    quarantine,
    checkDurability: async () => {
      await assertDurable(database);
      await quarantine.advanceEpoch();
    },
    recoverFromDead: (processes) => recoverFromDead(database.system, processes),
    tasks: { [publishTask]: publishing.task, ...formerTasks({ database }) },
    sweeps: [
      publishing.sweep,
      ...quarantineSweeps({ database, deps, lease, quarantine }),
      preparingSweep({ database, deps, lease, epochs: quarantine }),
      laterLooksSweep({ database, deps, epochs: quarantine }),
      reconcilingSweep({ database, deps, lease, mayRunTwice: () => quarantine.mayRunTwice() }),
      maintenanceSweep({
        database,
        log,
        settings,
        firstSeen: deps.firstSeen,
        isQuarantined: () => quarantine.isActive(),
      }),
    ],
  };
}

/** What the rooms of delivery need of the outside and of each other. */
function createDeps(
  { database, channels, connectors, files, log }: DeliveriesOptions,
  settings: DeliverySettings,
  quarantine: Quarantine,
): ReconcileDeps {
  const db = database.system;
  return {
    channels,
    connectors,
    files,
    settings,
    log,
    ...createCommits({ database, settings, log, watch: (ask) => quarantine.watch(ask) }),
    renewLease: (claimed) => renewLease(db, claimed, settings.leaseMs),
    findPreparation: (claimed) => findPreparation(db, claimed),
    holdAccount: (claimed, notBefore) => holdAccount(db, claimed, notBefore),
    idsTaken: (claimed, attemptId, ids) => externalIdsTaken(db, claimed, attemptId, ids),
    witnesses: (claimed, kinds, sent) => confirmedBetween(db, claimed, kinds, sent),
    channelStatus: (claimed) => channelStatus(db, claimed),
    firstSeen: createFirstSeen(),
    learnWindow: (claimed, visibleAfterMs) => learnWindow(db, claimed, visibleAfterMs),
  };
}
