import type { Connector } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { Actor } from "#kit";
import { append } from "#platform/events";
import { SecretsError } from "#platform/secrets";
import type { ChannelDeps, CheckDeps } from "../deps.ts";
import { channelDisconnected, channelPaused, channelResumed } from "../events.ts";
import { patienceMs } from "../model/ask-platform.ts";
import type { Channel, ChannelCheck, Disconnected } from "../model/channel.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { markDisconnected, setPaused, storeChecked } from "../model/channels.store.ts";
import { contextFor } from "../model/context.ts";
import { ChannelError, noSuchChannel } from "../model/errors.ts";
import { connectorOf, findChannel } from "../model/find.ts";
import { withoutCredentials } from "../model/public-channel.ts";
import { missingNeeded, missingOptional } from "../model/scopes.ts";
import { shownAccount } from "../model/shown-account.ts";
import { refreshLimits } from "./limits.ts";

/**
 * Takes Galley's access back: at the platform as far as it answers, and here in any case. The row stays,
 * with its history, for deliveries that name it; connecting the same account again brings it back.
 */
export async function disconnect(deps: ChannelDeps, actor: Actor, id: string): Promise<Disconnected> {
  const row = await findChannel(deps.database, actor.workspaceId, id);
  const connector = connectorOf(deps.connectors, row.connector);
  const revoked = row.sealed === null ? null : await revoke(deps, connector, row);
  await deps.database.inWorkspace(actor.workspaceId, async (tx) => {
    await markDisconnected(tx, row, deps.clock.now());
    await append(tx, channelDisconnected, {
      actor,
      targetId: id,
      data: { connector: row.connector, handle: row.handle, revoked },
    });
  });
  return { revoked, message: disconnectedMessage(connector, revoked) };
}

async function revoke(deps: ChannelDeps, connector: Connector, row: ChannelRow): Promise<boolean | null> {
  const { connect } = connector;
  if (connect.kind !== "oauth" || connect.revoke === null) return null;
  try {
    const credentials = await deps.custody.open(row);
    const signal = AbortSignal.timeout(patienceMs);
    const { settings } = await deps.apps.of(row.workspaceId, connector, row.appId);
    await connect.revoke(contextFor(deps.transports, settings, { ...row, credentials }, signal));
    return true;
  } catch {
    // Whatever the reason, the person is told to look at the platform's own list of apps.
    return false;
  }
}

function disconnectedMessage(connector: Connector, revoked: boolean | null): string {
  if (revoked === true) return `Disconnected; ${connector.name} has withdrawn Galley's access.`;
  if (revoked === null && connector.connect.kind === "oauth") {
    return (
      `Disconnected; Galley has forgotten the access. One account alone cannot be withdrawn at ${connector.name}. ` +
      "To end the consent there as well, remove Galley in the settings of the person who gave it."
    );
  }
  if (revoked === null) return "Disconnected; Galley has forgotten the access.";
  return (
    `Disconnected; Galley has forgotten the access, but ${connector.name} did not confirm. ` +
    "Remove Galley in the account's settings there to be sure."
  );
}

/** Holds back all deliveries to a channel, or lets them go on. */
export async function pauseChannel(
  { database, clock }: Pick<ChannelDeps, "database" | "clock">,
  actor: Actor,
  { id, paused }: { id: string; paused: boolean },
): Promise<Channel> {
  const row = await database.inWorkspace(actor.workspaceId, async (tx) => {
    const changed = await setPaused(tx, actor.workspaceId, id, paused ? clock.now() : null);
    if (!changed) throw noSuchChannel();
    await append(tx, paused ? channelPaused : channelResumed, { actor, targetId: id });
    return changed;
  });
  return withoutCredentials(row);
}

/** Asks the platform who the credentials belong to, and says in plain words what is wrong and how to mend it. */
export async function checkChannel(deps: CheckDeps, actor: Actor, id: string): Promise<ChannelCheck> {
  const { workspaceId } = actor;
  const row = await findChannel(deps.database, workspaceId, id);
  const connector = connectorOf(deps.connectors, row.connector);
  const found = await probe();
  const channel = withoutCredentials(await findChannel(deps.database, workspaceId, id));
  const missing = missingNeeded(connector, channel.scopes);
  if (found === null && missing.length > 0 && channel.status === "connected") {
    const cause = `${connector.name} granted less than Galley needs; missing: ${missing.join(", ")}.`;
    return {
      channel,
      healthy: false,
      cause,
      fix: "Connect this channel again and allow all of it.",
      missingScopes: missing,
      missingOptional: missingOptional(connector, channel.scopes),
    };
  }
  return {
    channel,
    healthy: found === null,
    cause: found?.cause ?? null,
    fix: found?.fix ?? null,
    missingScopes: missing,
    missingOptional: missingOptional(connector, channel.scopes),
  };

  async function probe(): Promise<{ cause: string; fix: string } | null> {
    try {
      const opened = await deps.open(workspaceId, id, AbortSignal.timeout(patienceMs), {
        whilePaused: true,
      });
      const account = shownAccount(await connector.probe(opened.context));
      if (account.accountId !== row.accountId) {
        const cause = `The stored access belongs to another account now: ${account.handle}.`;
        return { cause, fix: "Disconnect this channel and connect the account you want." };
      }
      await deps.database.inWorkspace(workspaceId, (tx) => storeChecked(tx, row, account, deps.clock.now()));
      await refreshLimits(deps, opened);
      return null;
    } catch (error) {
      if (error instanceof ConnectorFailure && error.verdict === "unauthorized" && !error.refreshable) {
        await deps.needsReconnect(workspaceId, id, error.message);
      }
      return explained(connector, error);
    }
  }
}

/** Throws what is no answer about the channel, as a stopped database. */
function explained(connector: Connector, error: unknown): { cause: string; fix: string } {
  if (error instanceof ConnectorFailure) {
    return { cause: error.message, fix: fixes(connector)[error.verdict] };
  }
  if (error instanceof ChannelError && error.code === "channels.needs_reconnect") {
    return { cause: error.message, fix: "Connect this channel again; its posts and history stay." };
  }
  if (error instanceof SecretsError) {
    const fix = "Put the former GALLEY_KEY back, or connect this channel again; its posts and history stay.";
    return { cause: error.message, fix };
  }
  throw error;
}

function fixes(connector: Connector): Record<ConnectorFailure["verdict"], string> {
  return {
    not_sent: `Check that ${connector.name} can be reached from this server: name, port and firewall.`,
    rejected: "Check what was entered when the channel was connected, and connect it again if it changed.",
    unauthorized: "Connect this channel again; its posts and history stay.",
    throttled: "Nothing to do: Galley waits and goes on by itself.",
    unknown: `Wait a little and check again; if it stays so, see whether ${connector.name} reports an outage.`,
  };
}
