import type { Connector, ConnectorRegistry } from "#connectors";
import type { Actor, Clock } from "#kit";
import type { Database } from "#platform/db";
import type { Secrets } from "#platform/secrets";
import type { OutcomeLog } from "#platform/telemetry";
import type { ConnectorApp } from "./apps/app.ts";
import type { Apps } from "./apps/apps.ts";
import type { Channel, OpenChannel } from "./model/channel.ts";
import type { Transports } from "./model/context.ts";
import type { Custody } from "./tokens/custody.ts";

/** What the verbs of channels stand on. */
export type ChannelDeps = {
  database: Database;
  connectors: ConnectorRegistry;
  custody: Custody;
  apps: Apps;
  transports: Transports;
  clock: Clock;
  log: OutcomeLog;
};

/** Connecting an account by a consent page as well. */
export type ConnectDeps = ChannelDeps & {
  secrets: Secrets;
  /** Origin of this installation, without a slash at the end. */
  publicUrl: string;
};

/** An account that is about to become a channel: where, for whom, and in the name of which app. */
export type Connecting = {
  connector: Connector;
  actor: Actor;
  app: Pick<ConnectorApp, "id" | "identity">;
};

export type OpenOptions = {
  /** New credentials even where the stored ones look valid, if they can be had without a person: the platform has refused them. */
  refresh?: boolean;
  /** Reading back what was sent goes on while nothing new is sent. */
  whilePaused?: boolean;
};

/**
 * The channel with fresh credentials; `signal` ends every call made with them. Throws
 * `channels.needs_reconnect`, `channels.paused` (try again later), or the `ConnectorFailure` of a
 * refresh that can be repeated.
 */
export type Open = (
  workspaceId: string,
  id: string,
  signal: AbortSignal,
  options?: OpenOptions,
) => Promise<OpenChannel>;

/**
 * The platform has withdrawn the access: a person must connect again. `used`: only while these credentials, as
 * `open` gave them, are the stored ones. False: others are, or the channel is not connected any more.
 */
export type NeedsReconnect = (
  workspaceId: string,
  id: string,
  reason: string,
  used?: Date | null,
) => Promise<boolean>;

/** Looking at a channel as its platform sees it. */
export type CheckDeps = ChannelDeps & { open: Open; needsReconnect: NeedsReconnect };

export type DoctorDeps = CheckDeps & {
  publicUrl: string;
  /** All channels of the workspace. */
  list: (workspaceId: string) => Promise<Channel[]>;
};
