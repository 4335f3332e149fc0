import type { Connector, ConnectorContext, ConnectorRegistry, Published, Settling } from "#connectors";
import type { AttemptRecord, Claimed } from "./claim.ts";
import type { Intent } from "./intent.ts";
import type { Settlement } from "./settle.ts";

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
  ): Promise<{ connector: Connector; context: ConnectorContext }>;
  needsReconnect(workspaceId: string, channelId: string, reason: string): Promise<void>;
};

/** Reads the bytes of an image by their hash. */
export type MediaBytes = { read(workspaceId: string, sha256: string): Promise<Uint8Array> };

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
  /** How long a claim lasts before its first intent; `prepare` must end within it. */
  leaseMs: number;
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
  /** False: the fence has moved, send nothing. */
  writeIntent(intent: Intent): Promise<boolean>;
  /** False: the lease was lost, stop. */
  settle(settlement: Settlement): Promise<boolean>;
};

/**
 * W: how long after t_send a post may still become visible. What the connector declares, what the
 * configuration demands at least, and twice what was seen on this channel.
 */
export function windowFor(settling: Settling, settings: DeliverySettings, learnedMs: number): number {
  const floor = settling.builtIn ? 0 : settings.minimumWindowMs;
  return Math.max(settling.windowMs, settling.deadlineMs + settings.marginMs, floor, 2 * learnedMs);
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

/** The stable key of an item: the idempotency key where a platform takes one. */
export function itemKey(claimed: Pick<Claimed, "id">, item: number): string {
  return `${claimed.id}-${item}`;
}
