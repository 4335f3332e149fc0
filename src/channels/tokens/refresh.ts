import { setTimeout as pause } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Connector } from "#connectors";
import type { Clock } from "#kit";
import { newId } from "#kit";
import { databaseTime, type Schema } from "#platform/db";
import { withOutcome } from "#platform/telemetry";
import { isOtherApp } from "../apps/other-app.ts";
import type { ChannelDeps } from "../deps.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { lockChannel, writeRefreshIntent } from "../model/channels.store.ts";
import { mustReconnect, noSuchChannel } from "../model/errors.ts";
import { hasEnded, isDue, isDueAhead } from "./due.ts";
import { exchange, giveUp, type OwnClaim } from "./exchange.ts";

/** An intent older than this has no process behind it any more; more than a call and storing its answer take together. */
const intentMs = 60_000;
/** Credentials younger than this are not replaced on demand: somebody has just done so. */
const freshMs = 30_000;
const pollMs = 100;

/** `ahead`: by the calendar of `isDueAhead`, long before anything needs it. */
type RefreshOptions = { force: boolean; ahead?: boolean };

export type Refresher = {
  /**
   * New credentials under one exchange, however many callers in however many processes ask at once.
   * `force`: the platform has refused the stored ones. Throws `channels.needs_reconnect`, or the
   * `ConnectorFailure` of an attempt that left no trace and may be repeated.
   */
  refresh(connector: Connector, channel: ChannelRow, options: RefreshOptions): Promise<ChannelRow>;
};

type Claim = { kind: "fresh"; row: ChannelRow } | { kind: "busy" } | ({ kind: "ours" } & OwnClaim);

/** A channel that may be refreshed, and why. */
type Wanted = { connector: Connector; channel: ChannelRow; force: boolean; ahead: boolean };

export function createRefresher(deps: ChannelDeps): Refresher {
  const running = new Map<string, Promise<ChannelRow>>();
  return {
    refresh(connector, channel, { force, ahead = false }) {
      const key = `${channel.workspaceId}/${channel.id}`;
      const started = running.get(key);
      if (started) return started;
      const wanted = { connector, channel, force, ahead };
      const work = refreshOnce(deps, wanted).finally(() => running.delete(key));
      running.set(key, work);
      return work;
    },
  };
}

async function refreshOnce(deps: ChannelDeps, wanted: Wanted): Promise<ChannelRow> {
  const { connector, channel, force } = wanted;
  if (await isOtherApp(deps, connector, channel)) return withoutItsApp(deps, wanted);
  for (;;) {
    const claim = await claimRefresh(deps, wanted);
    if (claim.kind === "fresh") return claim.row;
    if (claim.kind === "ours") {
      const about = { workspaceId: channel.workspaceId, channelId: channel.id, connector: connector.id };
      const of = (row: ChannelRow) => ({
        outcome: row.credentialsAt?.getTime() === claim.row.credentialsAt?.getTime() ? "kept" : "renewed",
      });
      return withOutcome(deps.log, { kind: "refresh", about, of }, () =>
        exchange(deps, claim, { connector, force }),
      );
    }
    await pause(pollMs * (0.5 + Math.random()));
  }
}

/** Row lock, read again, intent: durable before the single-use token leaves this machine. */
async function claimRefresh(deps: ChannelDeps, { connector, channel, force, ahead }: Wanted): Promise<Claim> {
  const { database, clock } = deps;
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
      const untilMs = row.refreshUntil.getTime() - now;
      // One that ends much later than any intent was written by a clock that has been set back since.
      if (untilMs > 0 && untilMs <= 2 * intentMs) return { kind: "busy" };
      if (connector.connect.kind === "oauth") return "lost";
    }
    const intentId = newId();
    await writeRefreshIntent(tx, row, { id: intentId, until: new Date(now + intentMs) });
    return { kind: "ours", row, intentId, at: shared.now() };
  });
  if (claim !== "lost") return claim;
  throw await giveUp(deps, channel, {
    reason: "A renewal of the access was interrupted; connect this channel again.",
  });
}

/** The database's time, which all processes share, moved by as much as this `clock` is moved on purpose. */
async function databaseClock(db: Kysely<Schema>, clock: Clock): Promise<Clock> {
  const at = await databaseTime(db);
  const offsetMs = clock.now().getTime() - Date.now();
  const now = new Date(at.getTime() + offsetMs);
  return { now: () => now };
}

/** Another app's renewal would only burn the token: it is used while it lasts, then a person is asked. */
async function withoutItsApp(deps: ChannelDeps, { connector, channel, force }: Wanted): Promise<ChannelRow> {
  if (!force && !hasEnded(channel, deps.clock)) return channel;
  throw await giveUp(deps, channel, {
    reason: `This channel was connected with another app than the one that is set up for ${connector.name} now, and only that one can renew the access. Connect it again.`,
  });
}
