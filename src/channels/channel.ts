import type { Connector, ConnectorContext } from "#connectors";

export type ChannelStatus = "connected" | "needs_reconnect" | "disconnected";

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
  checkedAt: Date | null;
  createdAt: Date;
};

/** A channel that is ready to be called: `context` holds decrypted credentials, so it is never stored or logged. */
export type OpenChannel = { channel: Channel; connector: Connector; context: ConnectorContext };

/** What a check found. Where something is wrong, `cause` says what and `fix` what to do. */
export type ChannelCheck = {
  channel: Channel;
  healthy: boolean;
  cause: string | null;
  fix: string | null;
  missingScopes: string[];
};

/** `revoked`: null where the platform has nothing to revoke; otherwise whether it confirmed. */
export type Disconnected = { revoked: boolean | null; message: string };
