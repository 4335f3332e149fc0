import { setTimeout as pause } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Connector, TokenSet } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { Clock } from "#kit";
import { newId } from "#kit";
import { recordEvent } from "#platform/audit";
import { databaseTime, isDatabaseUnavailable, type Schema } from "#platform/db";
import { withOutcome } from "#platform/telemetry";
import type { ChannelRow } from "../model/channels.store.ts";
import {
  clearRefreshIntent,
  lockChannel,
  markNeedsReconnect,
  storeRefreshed,
  writeRefreshIntent,
} from "../model/channels.store.ts";
import { contextFor } from "../model/context.ts";
import { mergedCredentials } from "./custody.ts";
import { mustReconnect, noSuchChannel } from "../model/errors.ts";
import type { Parts } from "../model/parts.ts";

/** The platform gets this long to answer a refresh. */
const callMs = 30_000;
/** An intent older than this has no process behind it any more; more than `callMs` and storing together. */
const intentMs = 60_000;
/** Credentials younger than this are not replaced on demand: somebody has just done so. */
const freshMs = 30_000;
const aheadMs = 300_000;
const pollMs = 100;
const longestAheadMs = 14 * 86_400_000;

export type Refresher = {
  /**
   * New credentials under one exchange, however many callers in however many processes ask at once.
   * `force`: the platform has refused the stored ones. Throws `channels.needs_reconnect`, or the
   * `ConnectorFailure` of an attempt that left no trace and may be repeated.
   */
  refresh(
    connector: Connector,
    channel: ChannelRow,
    /** `ahead`: by the calendar of `isDueAhead`, long before anything needs it. */
    options: { force: boolean; ahead?: boolean },
  ): Promise<ChannelRow>;
};

type Claim =
  | { kind: "fresh"; row: ChannelRow }
  | { kind: "busy" }
  | { kind: "ours"; row: ChannelRow; intentId: string; at: Date };

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

/** The database's time, which all processes share, moved by as much as this `clock` is moved on purpose. */
async function databaseClock(db: Kysely<Schema>, clock: Clock): Promise<Clock> {
  const at = await databaseTime(db);
  const offsetMs = clock.now().getTime() - Date.now();
  const now = new Date(at.getTime() + offsetMs);
  return { now: () => now };
}

export function createRefresher(parts: Parts): Refresher {
  const { database, custody, apps, ways, clock, log } = parts;
  const running = new Map<string, Promise<ChannelRow>>();

  async function refreshOnce(
    connector: Connector,
    channel: ChannelRow,
    { force, ahead = false }: { force: boolean; ahead?: boolean },
  ): Promise<ChannelRow> {
    if (await parts.isOtherApp(connector, channel)) return withoutItsApp(connector, channel, force);
    for (;;) {
      const claim = await claimRefresh(connector, channel, { force, ahead });
      if (claim.kind === "fresh") return claim.row;
      if (claim.kind === "ours") {
        const about = { workspaceId: channel.workspaceId, channelId: channel.id, connector: connector.id };
        const of = (row: ChannelRow) => ({
          outcome: row.credentialsAt?.getTime() === claim.row.credentialsAt?.getTime() ? "kept" : "renewed",
        });
        return withOutcome(log, { kind: "refresh", about, of }, () => exchange(connector, claim, force));
      }
      await pause(pollMs * (0.5 + Math.random()));
    }
  }

  /** Row lock, read again, intent: durable before the single-use token leaves this machine. */
  async function claimRefresh(
    connector: Connector,
    channel: ChannelRow,
    { force, ahead }: { force: boolean; ahead: boolean },
  ): Promise<Claim> {
    const claim = await database.inWorkspace(channel.workspaceId, async (tx): Promise<Claim | "lost"> => {
      const row = await lockChannel(tx, channel.workspaceId, channel.id);
      if (!row) throw noSuchChannel();
      if (row.status !== "connected") throw mustReconnect(row.statusReason);
      // Several processes compare these moments, and one of them may have a wrong clock.
      const shared = await databaseClock(tx, clock);
      const now = shared.now().getTime();
      const young = row.credentialsAt !== null && now - row.credentialsAt.getTime() < freshMs;
      if (!hasEnded(row, shared) && (force ? young : !(ahead ? isDueAhead : isDue)(row, shared)))
        return { kind: "fresh", row };
      if (row.refreshUntil !== null) {
        if (row.refreshUntil.getTime() > now) return { kind: "busy" };
        if (connector.connect.kind === "oauth") return "lost";
      }
      const intentId = newId();
      await writeRefreshIntent(tx, row, { id: intentId, until: new Date(now + intentMs) });
      return { kind: "ours", row, intentId, at: shared.now() };
    });
    if (claim !== "lost") return claim;
    throw await giveUp(channel, null, "A renewal of the access was interrupted; connect this channel again.");
  }

  /** Another app's renewal would only burn the token: it is used while it lasts, then a person is asked. */
  async function withoutItsApp(
    connector: Connector,
    channel: ChannelRow,
    force: boolean,
  ): Promise<ChannelRow> {
    if (!force && !hasEnded(channel, clock)) return channel;
    throw await giveUp(
      channel,
      null,
      `This channel was connected with another app than the one that is set up for ${connector.name} now, and only that one can renew the access. Connect it again.`,
    );
  }

  async function exchange(
    connector: Connector,
    { row, intentId, at }: Extract<Claim, { kind: "ours" }>,
    force: boolean,
  ): Promise<ChannelRow> {
    let answer: TokenSet;
    const stored = await custody.open(row);
    const app = await apps.of(row.workspaceId, connector, row.appId);
    try {
      const signal = AbortSignal.timeout(callMs);
      const context = contextFor(ways, app.settings, { ...row, credentials: stored }, signal);
      // Without a way to refresh, the stored credentials are all there is.
      if (!connector.connect.refresh)
        throw mustReconnect("The platform has ended this access; connect again.");
      answer = await connector.connect.refresh(context);
    } catch (error) {
      return settleFailure(connector, row, intentId, { error, force });
    }
    const credentials = mergedCredentials(connector.connect.kind, stored, answer.credentials);
    const sealed = await custody.seal(row, credentials);
    const { scopes, expiresAt, endsAt } = answer;
    const credited = { sealed, scopes, expiresAt, endsAt, at };
    const kept = await persistently(() =>
      database.inWorkspace(row.workspaceId, (tx) => storeRefreshed(tx, row, intentId, credited)),
    );
    // Connected again or disconnected by a person meanwhile: what they did stands.
    return kept ?? currentRow(row);
  }

  async function currentRow(channel: ChannelRow): Promise<ChannelRow> {
    const row = await database.inWorkspace(channel.workspaceId, (tx) =>
      lockChannel(tx, channel.workspaceId, channel.id),
    );
    if (!row) throw noSuchChannel();
    if (row.status !== "connected") throw mustReconnect(row.statusReason);
    return row;
  }

  async function settleFailure(
    connector: Connector,
    row: ChannelRow,
    intentId: string,
    failed: { error: unknown; force: boolean },
  ): Promise<ChannelRow> {
    const { error, force } = failed;
    const verdict = error instanceof ConnectorFailure ? error.verdict : "unknown";
    const repeatable = connector.connect.kind === "form" && verdict === "unknown";
    if (verdict === "not_sent" || verdict === "throttled" || repeatable) {
      await persistently(() =>
        database.inWorkspace(row.workspaceId, (tx) => clearRefreshIntent(tx, row, intentId)),
      );
      // Ahead of time nothing is lost: the present token still works.
      if (!force && !hasEnded(row, clock)) return row;
      throw error;
    }
    const reason =
      verdict === "unknown"
        ? "The platform's answer to a renewal was lost, and the token it replaced works only once. Connect this channel again."
        : messageOf(error);
    throw await giveUp(row, intentId, reason, error);
  }

  async function giveUp(
    channel: { workspaceId: string; id: string },
    intentId: string | null,
    reason: string,
    cause?: unknown,
  ): Promise<Error> {
    await persistently(() =>
      database.inWorkspace(channel.workspaceId, async (tx) => {
        const changed = await markNeedsReconnect(tx, channel, { reason, at: clock.now(), intentId });
        if (!changed) return;
        await recordEvent(tx, {
          actor: { kind: "system", workspaceId: channel.workspaceId },
          action: "channel.needs_reconnect",
          target: { kind: "channel", id: channel.id },
          details: { reason },
        });
      }),
    );
    return mustReconnect(reason, cause);
  }

  return {
    refresh(connector, channel, options) {
      const key = `${channel.workspaceId}/${channel.id}`;
      const started = running.get(key);
      if (started) return started;
      const work = refreshOnce(connector, channel, options).finally(() => running.delete(key));
      running.set(key, work);
      return work;
    },
  };
}

/** Writes what became of a token even when the database is away for a moment: only this process knows it. */
async function persistently<Result>(write: () => Promise<Result>): Promise<Result> {
  const attempts = 30;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === attempts || !isDatabaseUnavailable(error)) throw error;
      await pause(500);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof ConnectorFailure ? error.message : "The platform refused to renew the access.";
}
