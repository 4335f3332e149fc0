import type { Channel } from "./channel.ts";
import type { ChannelRow } from "./channels.store.ts";

/** What everybody but custody sees of a row; named field by field, so that a new secret column stays inside. */
export function withoutCredentials(row: Channel | ChannelRow): Channel {
  return {
    id: row.id,
    workspaceId: row.workspaceId,
    connector: row.connector,
    accountId: row.accountId,
    handle: row.handle,
    displayName: row.displayName,
    avatarUrl: row.avatarUrl,
    profileUrl: row.profileUrl,
    status: row.status,
    statusReason: row.statusReason,
    pausedAt: row.pausedAt,
    scopes: row.scopes,
    expiresAt: row.expiresAt,
    endsAt: row.endsAt,
    checkedAt: row.checkedAt,
    createdAt: row.createdAt,
    accountLimits: row.accountLimits,
  };
}
