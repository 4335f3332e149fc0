import { isDeepStrictEqual } from "node:util";
import type { Connector, ConnectorContext } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { JsonObject } from "#kit";
import type { ChannelDeps, Open } from "../deps.ts";
import type { OpenChannel } from "../model/channel.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { storeLimits, unreadLimitsAfter } from "./limits.store.ts";

/** How long what was read counts as fresh. */
const freshMs = 86_400_000;
/** How long a server may take to tell its limits, which nobody waits for. */
const readMs = 10_000;
const together = 4;

type RefreshDeps = Pick<ChannelDeps, "database" | "connectors" | "clock"> & { open: Open };

type Place = Pick<ChannelRow, "workspaceId" | "id">;

/** What the account's own limits are now; null where it has none, or where its server does not say. */
export async function readLimits(
  { accountLimits }: Connector,
  context: ConnectorContext,
): Promise<JsonObject | null> {
  if (accountLimits === null) return null;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(readMs)]);
  try {
    return await accountLimits.read({ ...context, signal });
  } catch (error) {
    if (error instanceof ConnectorFailure) return null;
    throw error;
  }
}

/** For whoever has the channel open: what is known, and a way to note what was seen, which is written where it is news. */
export function keptLimits(
  { database, clock }: Pick<ChannelDeps, "database" | "clock">,
  connector: Connector,
  { workspaceId, id, accountLimits: known }: Place & Pick<ChannelRow, "accountLimits">,
): Pick<ConnectorContext, "accountLimits"> {
  if (connector.accountLimits === null) return {};
  async function note(seen: JsonObject): Promise<void> {
    if (isDeepStrictEqual(seen, known)) return;
    await database.inWorkspace(workspaceId, (tx) => storeLimits(tx, { workspaceId, id }, seen, clock.now()));
  }
  return { accountLimits: { known, note } };
}

/** Reads the limits of an open channel and writes them down; what was known stays where its server does not say. */
export async function refreshLimits(
  { database, clock }: Pick<ChannelDeps, "database" | "clock">,
  { channel, connector, context }: OpenChannel,
): Promise<void> {
  const seen = await readLimits(connector, context);
  if (seen === null) return;
  await database.inWorkspace(channel.workspaceId, (tx) => storeLimits(tx, channel, seen, clock.now()));
}

/**
 * Reads the limits of every connected account that has its own, once a day: a server lowers or raises them whenever it
 * likes. One that does not answer is asked at the next round.
 */
export async function refreshAllLimits(deps: RefreshDeps, signal: AbortSignal): Promise<void> {
  const connectors = [...deps.connectors.values()].flatMap(({ id, accountLimits }) =>
    accountLimits === null ? [] : [id],
  );
  const before = new Date(deps.clock.now().getTime() - freshMs);
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const page = await unreadLimitsAfter(deps.database.system, connectors, before, after);
    for (let first = 0; first < page.length && !signal.aborted; first += together) {
      await Promise.all(page.slice(first, first + together).map((place) => refreshOne(deps, place, signal)));
    }
    const last = page.at(-1);
    if (!last || signal.aborted) return;
    after = last.id;
  }
}

async function refreshOne(deps: RefreshDeps, { workspaceId, id }: Place, signal: AbortSignal): Promise<void> {
  // What cannot be opened is looked after by whoever renews its access.
  const opened = await deps.open(workspaceId, id, signal, { whilePaused: true }).catch(() => null);
  if (opened) await refreshLimits(deps, opened);
}
