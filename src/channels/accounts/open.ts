import type { Credentials } from "#connectors";
import { fingerprintOf } from "#connectors";
import { orAborted } from "#kit";
import type { ChannelDeps, NeedsReconnect, Open, OpenOptions } from "../deps.ts";
import type { OpenChannel } from "../model/channel.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { storeTarget } from "../model/channels.store.ts";
import { contextFor } from "../model/context.ts";
import { channelError, mustReconnect } from "../model/errors.ts";
import { connectorOf, findChannel } from "../model/find.ts";
import { withoutCredentials } from "../model/public-channel.ts";
import { hasEnded, isDue, isRenewable } from "../tokens/due.ts";
import type { Refresher } from "../tokens/refresh.ts";
import { keptLimits } from "./limits.ts";

type OpenDeps = ChannelDeps & { refresher: Refresher; needsReconnect: NeedsReconnect };

/** Hands channels out for one piece of work, with credentials that live as long as it does. */
export function createOpen(deps: OpenDeps): Open {
  const { database, connectors, custody, apps, transports, clock, refresher, needsReconnect } = deps;
  const readTogether = together(
    (wanted: { workspaceId: string; id: string }) => `${wanted.workspaceId}/${wanted.id}`,
    ({ workspaceId, id }) => findChannel(database, workspaceId, id),
  );
  const unsealTogether = together(
    (row: ChannelRow) => `${row.workspaceId}/${row.id}/${row.sealed?.toString("base64")}`,
    (row): Promise<Credentials> => custody.open(row),
  );

  async function open(
    workspaceId: string,
    id: string,
    signal: AbortSignal,
    { refresh = false, whilePaused = false }: OpenOptions = {},
  ): Promise<OpenChannel> {
    const row = await readTogether({ workspaceId, id });
    if (row.status !== "connected") throw mustReconnect(row.statusReason);
    if (row.pausedAt !== null && !whilePaused) throw paused();
    const connector = connectorOf(connectors, row.connector);
    const canRefresh = isRenewable(connector, row);
    // What was refused before may have been the access that this one replaced; if not, it is refused once more.
    if (!canRefresh && connector.connect.kind === "oauth" && hasEnded(row, clock)) {
      const reason = `${connector.name} has ended this access, and only you can renew it: connect this channel again.`;
      await needsReconnect(workspaceId, id, reason);
      throw mustReconnect(reason);
    }
    const fresh =
      canRefresh && (refresh || isDue(row, clock))
        ? await orAborted(refresher.refresh(connector, row, { force: refresh }), signal, stillRenewing)
        : row;
    const credentials = await unsealTogether(fresh);
    const { settings: own } = await apps.of(workspaceId, connector, fresh.appId);
    const context = {
      ...contextFor(transports, own, { ...fresh, credentials }, signal),
      ...keptLimits(deps, connector, fresh),
    };
    const target = await fingerprintOf(connector, context);
    if (target.hash !== fresh.targetHash) {
      // New here, or the installation's settings lead elsewhere since the last start.
      await database.inWorkspace(workspaceId, (tx) => storeTarget(tx, fresh, fresh.targetHash, target));
    }
    return { channel: withoutCredentials(fresh), connector, context, credentialsAt: fresh.credentialsAt };
  }

  return open;
}

/**
 * One piece of work for all who ask for the same at this moment, as a full worker does for the same few channels;
 * afterwards nothing is kept.
 */
function together<Wanted, Result>(
  keyOf: (wanted: Wanted) => string,
  work: (wanted: Wanted) => Promise<Result>,
): (wanted: Wanted) => Promise<Result> {
  const running = new Map<string, Promise<Result>>();
  return (wanted) => {
    const key = keyOf(wanted);
    const started = running.get(key);
    if (started) return started;
    const result = work(wanted).finally(() => running.delete(key));
    running.set(key, result);
    return result;
  };
}

function paused(): Error {
  return channelError("paused", "conflict", "This channel is paused; resume it to go on.", {
    retryable: true,
  });
}

function stillRenewing(): Error {
  return channelError("renewing", "unavailable", "The access to this channel is still being renewed.", {
    retryable: true,
  });
}
