import type { Connector } from "#connectors";
import type { Clock } from "#kit";
import type { ChannelRow } from "../model/channels.store.ts";

const aheadMs = 300_000;
const longestAheadMs = 14 * 86_400_000;

/** True when the access token has ended or soon will: within five minutes, or a fifth of a short life. */
export function isDue(channel: ChannelRow, clock: Clock): boolean {
  if (channel.expiresAt === null) return false;
  const ends = channel.expiresAt.getTime();
  const life = channel.credentialsAt === null ? aheadMs : ends - channel.credentialsAt.getTime();
  return ends - clock.now().getTime() <= Math.min(aheadMs, life / 5);
}

/**
 * True once a token is in the last part of its life, from a third to a sixth before its end: at a moment
 * that differs from channel to channel, so that those connected together are not renewed together.
 */
export function isDueAhead(channel: ChannelRow, clock: Clock): boolean {
  if (channel.expiresAt === null || channel.credentialsAt === null) return isDue(channel, clock);
  const life = channel.expiresAt.getTime() - channel.credentialsAt.getTime();
  // The last digits of a UUIDv7 are random.
  const place = Number.parseInt(channel.id.slice(-4), 16) / 0x1_00_00;
  const ahead = Math.min(longestAheadMs, (life / 6) * (1 + place));
  return channel.expiresAt.getTime() - clock.now().getTime() <= Math.max(ahead, Math.min(aheadMs, life / 5));
}

/**
 * True where a new access can be had without the person. A platform may renew for some apps and not for others, as
 * LinkedIn does: what ends no later than the consent itself has nothing to be renewed with, and works until then.
 */
export function isRenewable(
  connector: Connector,
  channel: Pick<ChannelRow, "expiresAt" | "endsAt">,
): boolean {
  if (connector.connect.refresh === null) return false;
  const { expiresAt, endsAt } = channel;
  return expiresAt === null || endsAt === null || endsAt > expiresAt;
}

/** True when the access token works no more. */
export function hasEnded(channel: ChannelRow, clock: Clock): boolean {
  return channel.expiresAt !== null && channel.expiresAt.getTime() <= clock.now().getTime();
}
