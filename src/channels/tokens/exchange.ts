import { setTimeout as pause } from "node:timers/promises";
import type { Connector, TokenSet } from "#connectors";
import { ConnectorFailure } from "#connectors";
import { isDatabaseUnavailable } from "#platform/db";
import type { ChannelDeps } from "../deps.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { clearRefreshIntent, lockChannel, storeRefreshed } from "../model/channels.store.ts";
import { contextFor } from "../model/context.ts";
import { mustReconnect, noSuchChannel } from "../model/errors.ts";
import { mergedCredentials } from "./custody.ts";
import { hasEnded } from "./due.ts";
import { requireReconnect } from "./require-reconnect.ts";

/** The platform gets this long to answer a refresh. */
const callMs = 30_000;

/** The right to one exchange: its intent stands since `at`, by the database's clock. */
export type OwnClaim = { row: ChannelRow; intentId: string; at: Date };

/** `force`: the platform has refused the stored credentials. */
type Exchanged = { connector: Connector; force: boolean };

/**
 * Exchanges the stored credentials for new ones and stores them. Throws `channels.needs_reconnect`, or the
 * `ConnectorFailure` of an attempt that left no trace.
 */
export async function exchange(
  deps: ChannelDeps,
  claim: OwnClaim,
  exchanged: Exchanged,
): Promise<ChannelRow> {
  const { database, custody, apps } = deps;
  const { row, intentId, at } = claim;
  const { connector } = exchanged;
  let answer: TokenSet;
  const stored = await custody.open(row);
  const app = await apps.of(row.workspaceId, connector, row.appId);
  try {
    const signal = AbortSignal.timeout(callMs);
    const context = contextFor(deps.transports, app.settings, { ...row, credentials: stored }, signal);
    // Without a way to refresh, the stored credentials are all there is.
    if (!connector.connect.refresh) throw mustReconnect("The platform has ended this access; connect again.");
    answer = await connector.connect.refresh(context);
  } catch (error) {
    return settleFailure(deps, claim, { ...exchanged, error });
  }
  const credentials = mergedCredentials(connector.connect.kind, stored, answer.credentials);
  const sealed = await custody.seal(row, credentials);
  const { scopes, expiresAt, endsAt } = answer;
  const credited = { sealed, scopes, expiresAt, endsAt, at };
  const kept = await persistently(() =>
    database.inWorkspace(row.workspaceId, (tx) => storeRefreshed(tx, row, intentId, credited)),
  );
  // Connected again or disconnected by a person meanwhile: what they did stands.
  return kept ?? currentRow(deps, row);
}

async function currentRow({ database }: ChannelDeps, channel: ChannelRow): Promise<ChannelRow> {
  const row = await database.inWorkspace(channel.workspaceId, (tx) =>
    lockChannel(tx, channel.workspaceId, channel.id),
  );
  if (!row) throw noSuchChannel();
  if (row.status !== "connected") throw mustReconnect(row.statusReason);
  return row;
}

async function settleFailure(
  deps: ChannelDeps,
  { row, intentId }: OwnClaim,
  { connector, force, error }: Exchanged & { error: unknown },
): Promise<ChannelRow> {
  const verdict = error instanceof ConnectorFailure ? error.verdict : "unknown";
  const repeatable = connector.connect.kind === "form" && verdict === "unknown";
  if (verdict === "not_sent" || verdict === "throttled" || repeatable) {
    await persistently(() =>
      deps.database.inWorkspace(row.workspaceId, (tx) => clearRefreshIntent(tx, row, intentId)),
    );
    // Ahead of time nothing is lost: the present token still works.
    if (!force && !hasEnded(row, deps.clock)) return row;
    throw error;
  }
  const reason =
    verdict === "unknown"
      ? "The platform's answer to a renewal was lost, and the token it replaced works only once. Connect this channel again."
      : messageOf(error);
  throw await giveUp(deps, row, { reason, intentId, cause: error });
}

/** Asks for a person, also while the database is away for a moment. Returns the error to throw. */
export async function giveUp(
  deps: Pick<ChannelDeps, "database" | "clock">,
  channel: { workspaceId: string; id: string },
  { reason, intentId = null, cause }: { reason: string; intentId?: string | null; cause?: unknown },
): Promise<Error> {
  await persistently(() => requireReconnect(deps, channel, { reason, intentId }));
  return mustReconnect(reason, cause);
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
