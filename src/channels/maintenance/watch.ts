import type { Kysely } from "kysely";
import { GalleyError } from "#kit";
import type { Schema } from "#platform/db";
import type { ChannelRow } from "../model/channels.store.ts";
import { dayMs, endingsOf, warningDue } from "../tokens/expiry.ts";
import {
  endingApps,
  endingChannels,
  expiringChannels,
  insertWarning,
  type NewWarning,
  standingWarningsQuery,
  workspacesByConnector,
} from "../tokens/expiry.store.ts";
import type { Parts } from "../model/parts.ts";
import { connectorOf } from "../model/parts.ts";
import { versionsInUse } from "../model/versions.ts";
import { hasEnded, isDueAhead, isRenewable, type Refresher } from "../tokens/refresh.ts";

/** What a workspace is told of, with the transaction that wrote it: for mails and notices. */
export type ExpiryWarning = Omit<NewWarning, "key"> & { id: string };

export type WatchParts = Parts & {
  refresher: Refresher;
  needsReconnect(workspaceId: string, id: string, reason: string): Promise<boolean>;
  onWarning: ((transaction: Kysely<Schema>, warning: ExpiryWarning) => Promise<void>) | null;
};

/** The longest that a token is renewed before its end; isDueAhead says when within it. */
const longestAheadMs = 15 * dayMs;
const batch = 200;
const together = 4;

/**
 * Renews tokens before they end, each at a moment of its own, so that a thousand channels that were
 * connected on one day are not renewed in one minute. Safe beside other workers: the intent decides.
 */
export async function renewAhead(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const now = parts.clock.now();
  const rows = await expiringChannels(parts.database.system, new Date(now.getTime() + longestAheadMs), batch);
  const due = rows.filter((row) => parts.connectors.has(row.connector) && isDueAhead(row, parts.clock));
  async function lane(first: number): Promise<void> {
    for (let index = first; index < due.length && !signal.aborted; index += together) {
      const row = due[index];
      if (row) await renew(parts, row);
    }
  }
  await Promise.all(Array.from({ length: together }, async (_, first) => lane(first)));
}

async function renew(parts: WatchParts, row: ChannelRow): Promise<void> {
  const connector = connectorOf(parts.connectors, row.connector);
  if (!isRenewable(connector, row)) {
    if (connector.connect.kind !== "oauth" || !hasEnded(row, parts.clock)) return;
    const reason = `The access has ended, and ${connector.name} lets only you renew it: connect this channel again.`;
    await parts.needsReconnect(row.workspaceId, row.id, reason);
    return;
  }
  try {
    await parts.refresher.refresh(connector, row, { force: false, ahead: true });
  } catch (error) {
    // A channel that must be connected again says so itself; anything else is tried at the next round.
    if (!(error instanceof GalleyError)) throw error;
  }
}

/** Writes the warnings that have come due; each stands once for each thing and each date on which it ends. */
export async function warnOfEndings(parts: WatchParts): Promise<void> {
  const now = parts.clock.now();
  for (const warning of await endings(parts, now)) {
    const days = warningDue(warning.endsAt, now);
    if (days === null || warning.endsAt.getTime() <= now.getTime()) continue;
    await parts.database.system.transaction().execute(async (transaction) => {
      const id = await insertWarning(transaction, { ...warning, days }, now);
      if (id === undefined) return;
      const { key: _key, ...told } = warning;
      await parts.onWarning?.(transaction, { ...told, days, id });
    });
  }
}

async function endings(parts: WatchParts, now: Date): Promise<Omit<NewWarning, "days">[]> {
  const db = parts.database.system;
  const before = new Date(now.getTime() + 14 * dayMs);
  const found: Omit<NewWarning, "days">[] = [];
  for (const row of await endingChannels(db, before)) {
    const connector = parts.connectors.get(row.connector);
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
    const connector = parts.connectors.get(id);
    if (!connector) continue;
    for (const { name, endsAt } of await versionsInUse(parts, workspaceId, connector)) {
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
export async function standingWarnings(parts: Parts, workspaceId: string): Promise<StandingWarning[]> {
  const found = await parts.database.read(workspaceId, standingWarningsQuery(workspaceId));
  const standing: StandingWarning[] = [];
  for (const { dismissedAt, key, ...warning } of found) {
    if (dismissedAt !== null) continue;
    if (warning.subject === "api_version") {
      const connector = parts.connectors.get(warning.connector);
      const spoken = connector ? await versionsInUse(parts, workspaceId, connector) : [];
      if (!spoken.some(({ name }) => `${warning.connector} ${name}` === key)) continue;
    }
    standing.push(warning);
  }
  return standing;
}
