import type { Account, Connector, ConnectorContext } from "#connectors";
import type { JsonObject } from "#kit";

export const channelStatuses = ["connected", "needs_reconnect", "disconnected"] as const;
export type ChannelStatus = (typeof channelStatuses)[number];

/** One connected account of a workspace. Its credentials are never part of it. */
export type Channel = {
  id: string;
  workspaceId: string;
  connector: string;
  /** What the platform calls the account. */
  accountId: string;
  handle: string;
  displayName: string;
  avatarUrl: string | null;
  profileUrl: string | null;
  status: ChannelStatus;
  /** Why it is not connected, in plain words. */
  statusReason: string | null;
  pausedAt: Date | null;
  scopes: string[];
  /** When the present access token ends; Galley refreshes it before. */
  expiresAt: Date | null;
  /** When a person must connect again, however often the token is renewed. */
  endsAt: Date | null;
  checkedAt: Date | null;
  createdAt: Date;
  /** The account's own limits, as its connector read them; null where they were never read or there are none. */
  accountLimits: JsonObject | null;
};

/** A channel that is ready to be called: `context` holds decrypted credentials, so it is never stored or logged. */
export type OpenChannel = {
  channel: Channel;
  connector: Connector;
  context: ConnectorContext;
  /** Which credentials these are: when they were stored. */
  credentialsAt: Date | null;
};

/** A scope that the platform did not grant, and what the channel cannot do without it. */
export type MissingScope = { scope: string; enables: string };

/** A consent that opened several accounts: the person picks, and nothing is connected before. */
export type PendingConnection = {
  id: string;
  connector: string;
  expiresAt: Date;
  /** The channel that the person set out to connect again. */
  channelId: string | null;
  accounts: OfferedAccount[];
  missingOptional: MissingScope[];
};

type OfferedAccount = {
  account: Account;
  kind: string;
  /** Why it cannot be connected; null where it can. */
  problem: string | null;
  /** The channel that this account has already. */
  channel: { id: string; status: ChannelStatus } | null;
};

/** What a check found. Where something is wrong, `cause` says what and `fix` what to do. */
export type ChannelCheck = {
  channel: Channel;
  healthy: boolean;
  cause: string | null;
  fix: string | null;
  missingScopes: string[];
  missingOptional: MissingScope[];
};

/** `revoked`: null where the platform has nothing to revoke; otherwise whether it confirmed. */
export type Disconnected = { revoked: boolean | null; message: string };
