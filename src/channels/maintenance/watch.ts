import { type Actor, GalleyError } from "#kit";
import { append } from "#platform/events";
import { versionsInUse } from "../apps/versions.ts";
import type { ChannelDeps, NeedsReconnect } from "../deps.ts";
import { channelExpiryWarned } from "../events.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { channelError } from "../model/errors.ts";
import { connectorOf } from "../model/find.ts";
import { hasEnded, isDueAhead, isRenewable } from "../tokens/due.ts";
import {
  dismissWarning as dismissStored,
  endingApps,
  endingChannels,
  expiringChannels,
  insertWarning,
  type NewWarning,
  standingWarningsQuery,
  workspacesByConnector,
} from "../tokens/expiry.store.ts";
import { dayMs, endingsOf, warningDue } from "../tokens/expiry.ts";
import type { Refresher } from "../tokens/refresh.ts";

export type WatchDeps = ChannelDeps & {
  refresher: Refresher;
  needsReconnect: NeedsReconnect;
};

/** The longest that a token is renewed before its end; isDueAhead says when within it. */
const longestAheadMs = 15 * dayMs;
const batch = 200;
const together = 4;

/**
 * Renews tokens before they end, each at a moment of its own, so that a thousand channels that were
 * connected on one day are not renewed in one minute. Safe beside other workers: the intent decides.
 */
export async function renewAhead(deps: WatchDeps, signal: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  const rows = await expiringChannels(deps.database.system, new Date(now.getTime() + longestAheadMs), batch);
  const due = rows.filter((row) => deps.connectors.has(row.connector) && isDueAhead(row, deps.clock));
  async function lane(first: number): Promise<void> {
    for (let index = first; index < due.length && !signal.aborted; index += together) {
      const row = due[index];
      if (row) await renew(deps, row);
    }
  }
  await Promise.all(Array.from({ length: together }, async (_, first) => lane(first)));
}

async function renew(deps: WatchDeps, row: ChannelRow): Promise<void> {
  const connector = connectorOf(deps.connectors, row.connector);
  if (!isRenewable(connector, row)) {
    if (connector.connect.kind !== "oauth" || !hasEnded(row, deps.clock)) return;
    const reason = `The access has ended, and ${connector.name} lets only you renew it: connect this channel again.`;
    await deps.needsReconnect(row.workspaceId, row.id, reason);
    return;
  }
  try {
    await deps.refresher.refresh(connector, row, { force: false, ahead: true });
  } catch (error) {
    // A channel that must be connected again says so itself; anything else is tried at the next round.
    if (!(error instanceof GalleyError)) throw error;
  }
}

/** Writes the warnings that have come due; each stands once for each thing and each date on which it ends. */
export async function warnOfEndings(deps: WatchDeps): Promise<void> {
  const now = deps.clock.now();
  for (const warning of await endings(deps, now)) {
    const days = warningDue(warning.endsAt, now);
    if (days === null || warning.endsAt.getTime() <= now.getTime()) continue;
    await deps.database.system.transaction().execute(async (transaction) => {
      const id = await insertWarning(transaction, { ...warning, days }, now);
      if (id === undefined) return;
      const actor = { kind: "system" as const, workspaceId: warning.workspaceId };
      await append(transaction, channelExpiryWarned, { actor, targetId: id });
    });
  }
}

async function endings(deps: WatchDeps, now: Date): Promise<Omit<NewWarning, "days">[]> {
  const db = deps.database.system;
  const before = new Date(now.getTime() + 14 * dayMs);
  const found: Omit<NewWarning, "days">[] = [];
  for (const row of await endingChannels(db, before)) {
    const connector = deps.connectors.get(row.connector);
    if (!connector) continue;
    for (const ending of endingsOf(connector, row)) {
      if (ending.endsAt > before) continue;
      found.push({ ...ending, workspaceId: row.workspaceId, connector: row.connector, channelId: row.id });
    }
  }
  for (const { workspaceId, id, connector, endsAt } of await endingApps(db, before)) {
    found.push({ subject: "secret", key: id, endsAt, workspaceId, connector, channelId: null });
  }
  for (const { workspaceId, connector: id } of await workspacesByConnector(db)) {
    const connector = deps.connectors.get(id);
    if (!connector) continue;
    for (const { name, endsAt } of await versionsInUse(deps, workspaceId, connector)) {
      if (endsAt === null || endsAt > before) continue;
      const key = `${id} ${name}`;
      found.push({ subject: "api_version", key, endsAt, workspaceId, connector: id, channelId: null });
    }
  }
  return found;
}

export type StandingWarning = {
  id: string;
  connector: string;
  subject: NewWarning["subject"];
  channelId: string | null;
  handle: string | null;
  endsAt: Date;
  days: number;
};

/** The warnings that still hold, of each thing the closest one, without those that a person has dismissed. */
export async function standingWarnings(
  deps: Pick<ChannelDeps, "database" | "connectors" | "apps">,
  workspaceId: string,
): Promise<StandingWarning[]> {
  const found = await deps.database.read(workspaceId, standingWarningsQuery(workspaceId));
  const standing: StandingWarning[] = [];
  for (const { dismissedAt, key, ...warning } of found) {
    if (dismissedAt !== null) continue;
    if (warning.subject === "api_version") {
      const connector = deps.connectors.get(warning.connector);
      const spoken = connector ? await versionsInUse(deps, workspaceId, connector) : [];
      if (!spoken.some(({ name }) => `${warning.connector} ${name}` === key)) continue;
    }
    standing.push(warning);
  }
  return standing;
}

/** Hides a warning; a closer one shows again. Throws `channels.no_warning`. */
export async function dismissWarning(
  { database, clock }: Pick<ChannelDeps, "database" | "clock">,
  { workspaceId }: Actor,
  id: string,
): Promise<void> {
  const known = await database.inWorkspace(workspaceId, (tx) =>
    dismissStored(tx, workspaceId, id, clock.now()),
  );
  if (!known) throw channelError("no_warning", "not_found", "There is no such warning.");
}
