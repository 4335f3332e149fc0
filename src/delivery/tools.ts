import type { Connector, ConnectorContext, ConnectorRegistry, Plan, Published, Settling } from "#connectors";
import type { AttemptRecord, Claimed } from "./claim/claim.ts";
import type { NotBefore } from "./holds/holds.store.ts";
import type { Intent } from "./send/intent.ts";
import type { Settlement } from "./model/settle.ts";

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
  /** An address at which a platform fetches the bytes without signing in, for the next day. */
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

/** What the verbs of delivery share. */
export type Tools = {
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

/**
 * W: how long after t_send a post may still become visible. What the connector declares, for a post with files where
 * it has some, what the configuration demands at least, and twice what was seen on this channel.
 */
export function windowFor(
  { windowMs, mediaWindowMs = windowMs, deadlineMs, builtIn }: Settling,
  { minimumWindowMs, marginMs }: DeliverySettings,
  { learnedMs, content }: Pick<Claimed, "learnedMs" | "content">,
): number {
  const floor = builtIn ? 0 : minimumWindowMs;
  const declared = content.media.length > 0 ? mediaWindowMs : windowMs;
  return Math.max(declared, deadlineMs + marginMs, floor, 2 * learnedMs);
}

/** What items before `item` became: a reply needs its parent. */
export function publishedBefore(attempts: readonly AttemptRecord[], item: number): Published[] {
  return attempts
    .filter((attempt) => attempt.state === "confirmed" && attempt.item < item)
    .map(({ externalId, externalUrl, externalData }) => ({
      externalId: externalId ?? "",
      url: externalUrl,
      data: externalData ?? {},
    }));
}

/** What an earlier attempt at an item left over, for `ItemRef.only`; nothing where no attempt was taken in part. */
export function leftOver(attempts: readonly AttemptRecord[], item: number): { only?: string[] } {
  const last = attempts.findLast((attempt) => attempt.item === item && attempt.state === "partly");
  return last ? { only: last.deferred.map(({ address }) => address) } : {};
}

/** The code of an attempt whose answer named a post that another attempt owns. */
export const idTaken = "delivery.id_taken";

/** The code of a delivery that cannot be read back without an access: it waits for the channel, or asks. */
export const noAccess = "delivery.no_access";
/** And of one whose channel is connected again since: the next look is the first in a long time. */
export const accessIsBack = "delivery.access_is_back";

/** What may have been sent in a history that was lost waits with this code until it is looked for. */
export const restored = "delivery.restored";

/**
 * The stable key of an item: the idempotency key where a platform takes one. What stands under it may belong to an
 * equal post that was read back first; once it is proven that nothing else does, the item gets a new key, or the
 * platform would name that post again and again.
 */
export function itemKey({ id, attempts }: Pick<Claimed, "id" | "attempts">, item: number): string {
  const spent = attempts.filter(
    (attempt) => attempt.item === item && attempt.state === "absent_proven" && attempt.errorCode === idTaken,
  ).length;
  return spent === 0 ? `${id}-${item}` : `${id}-${item}-${spent}`;
}
