import { append } from "#platform/events";
import type { ChannelDeps } from "../deps.ts";
import { channelNeedsReconnect } from "../events.ts";
import { markNeedsReconnect } from "../model/channels.store.ts";

/**
 * Only a person can give the access back. With `intentId`, only while that refresh is the standing one; with `used`,
 * only while these credentials are the stored ones. False where the channel was not connected any more, or had others.
 */
export async function requireReconnect(
  { database, clock }: Pick<ChannelDeps, "database" | "clock">,
  channel: { workspaceId: string; id: string },
  change: { reason: string; intentId?: string | null; used?: Date | null },
): Promise<boolean> {
  const { reason, intentId = null, used = null } = change;
  return database.inWorkspace(channel.workspaceId, async (tx) => {
    const at = clock.now();
    if (!(await markNeedsReconnect(tx, channel, { reason, at, intentId, used }))) return false;
    await append(tx, channelNeedsReconnect, {
      actor: { kind: "system", workspaceId: channel.workspaceId },
      targetId: channel.id,
      data: { reason },
    });
    return true;
  });
}
