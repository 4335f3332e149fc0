import type { Actor } from "#kit";
import type { ChannelDeps, Open } from "../deps.ts";
import { askPlatform, patienceMs } from "../model/ask-platform.ts";
import type { Channel } from "../model/channel.ts";
import { channelError, mustReconnect } from "../model/errors.ts";
import { connectorOf, findChannel } from "../model/find.ts";
import { isRenewable } from "../tokens/due.ts";

/** New tokens now, for a person who asks. Throws `channels.not_renewable` where only a consent gives them. */
export async function renewChannel(
  { database, connectors, open }: Pick<ChannelDeps, "database" | "connectors"> & { open: Open },
  actor: Actor,
  id: string,
): Promise<Channel> {
  const row = await findChannel(database, actor.workspaceId, id);
  const connector = connectorOf(connectors, row.connector);
  if (row.status !== "connected") throw mustReconnect(row.statusReason);
  if (!isRenewable(connector, row)) {
    const message = `${connector.name} lets nobody renew an access without you: connect this channel again.`;
    throw channelError("not_renewable", "conflict", message);
  }
  const signal = AbortSignal.timeout(patienceMs);
  return askPlatform(
    async () => (await open(actor.workspaceId, id, signal, { refresh: true, whilePaused: true })).channel,
  );
}
