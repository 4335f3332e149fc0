import type { ChannelStatus } from "#channels";
import type { Connector, ConnectorContext, ConnectorRegistry, Plan, PlanItem } from "#connectors";
import type { Claimed } from "./model/claimed.ts";
import type { FirstSeen } from "./model/first-seen.ts";
import type { Intent } from "./model/intent.ts";
import type { Settlement } from "./model/settlement.ts";
import type { NotBefore } from "./model/verdicts.ts";

/** What delivery needs of channels. */
export type ChannelAccess = {
  /**
   * Fresh credentials for one delivery; `signal` ends every call made with them. With `refresh`, new
   * credentials even where the stored ones look valid; with `whilePaused`, to read back what was sent.
   * Throws `channels.needs_reconnect`.
   */
  open(
    workspaceId: string,
    channelId: string,
    signal: AbortSignal,
    options?: { refresh?: boolean; whilePaused?: boolean },
  ): Promise<{ connector: Connector; context: ConnectorContext; credentialsAt?: Date | null }>;
  /**
   * `used`: only while these credentials, as `open` gave them, are the stored ones. False: others are, or the
   * channel is not connected any more.
   */
  needsReconnect(
    workspaceId: string,
    channelId: string,
    reason: string,
    used?: Date | null,
  ): Promise<boolean>;
};

/** The bytes of a file by their hash. */
export type MediaBytes = {
  read(workspaceId: string, sha256: string): Promise<Uint8Array>;
  /** In pieces of `size` bytes but for the last; throws before the last one where the bytes have another hash. */
  chunks(workspaceId: string, sha256: string, size: number): AsyncIterable<Uint8Array>;
  /** An address at which a platform fetches the bytes without signing in, for a week: a late post may wait for a person. */
  publicUrl(workspaceId: string, sha256: string): string;
};

export type DeliveryLog = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};

export type DeliverySettings = {
  /** Deliveries of one process that are on their way at the same moment. */
  concurrency: number;
  /** The floor of the window W for platforms that others run. */
  minimumWindowMs: number;
  /** How long a claim lasts before its first intent, unless preparing renews it. */
  leaseMs: number;
  /** The most that opening the channel and `prepare` may take, leases renewed. */
  prepareMs: number;
  /** How long before its due time a delivery is prepared whose uploads take long; 0: not at all. */
  aheadMs: number;
  /** How much a lease outlives the deadline of its call. */
  marginMs: number;
  /** How far a platform's clock and ours may differ. */
  skewMs: number;
};

/** Until when a claim is this process's own; `claimant` names the process, null where nothing does. */
export type Lease = { leaseMs: number; claimant: string | null };

/** How far this process has seen the database come: one that is behind was restored a moment ago. */
export type Epochs = {
  /** Compares the database with the data folder and begins the next epoch in both. Before a worker starts, and then often. */
  advanceEpoch(): Promise<void>;
  /** What this process last began; 0 before its first. A database that is behind it must not be claimed from. */
  lastEpoch(): number;
};

/** What whatever works on a claimed delivery needs. */
export type DeliveryDeps = {
  channels: ChannelAccess;
  connectors: ConnectorRegistry;
  files: MediaBytes;
  settings: DeliverySettings;
  log: DeliveryLog;
  /** For a claim without an intent. False: it was lost, prepare no further. */
  renewLease(claimed: Claimed): Promise<boolean>;
  /** What was prepared ahead for a claim without a plan. */
  findPreparation(claimed: Claimed): Promise<Plan | "preparing" | null>;
  /** False: the fence has moved, send nothing. */
  writeIntent(intent: Intent): Promise<boolean>;
  /** The platform has said "not before": for the whole account, not for this delivery alone. */
  holdAccount(claimed: Claimed, notBefore: NotBefore): Promise<void>;
  /** False: the lease was lost, stop. */
  settle(settlement: Settlement): Promise<boolean>;
};

/** What reading back needs besides. */
export type ReconcileDeps = DeliveryDeps & {
  /** Which of these ids belong to other attempts of the same account on the same platform. */
  idsTaken(claimed: Claimed, attemptId: string, externalIds: string[]): Promise<Set<string>>;
  /** Ids of other items of the same account that a platform's answer confirmed and that were sent between these moments. */
  witnesses(
    claimed: Claimed,
    kinds: readonly PlanItem["kind"][],
    sent: { from: Date; until: Date },
  ): Promise<string[]>;
  /** As it is now. */
  channelStatus(claimed: Claimed): Promise<ChannelStatus>;
  firstSeen: FirstSeen;
  /** Remembers how long after t_send a post was still invisible. */
  learnWindow(claimed: Claimed, visibleAfterMs: number): Promise<void>;
};
