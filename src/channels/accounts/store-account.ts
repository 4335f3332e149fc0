import type { Account, Connector, Credentials, Fingerprint, TokenSet } from "#connectors";
import { fingerprintOf } from "#connectors";
import type { JsonObject } from "#kit";
import { newId } from "#kit";
import { append } from "#platform/events";
import type { ConnectorApp } from "../apps/app.ts";
import type { ChannelDeps, Connecting } from "../deps.ts";
import { channelConnected, channelReconnected } from "../events.ts";
import { patienceMs } from "../model/ask-platform.ts";
import type { Channel } from "../model/channel.ts";
import type { ChannelRow } from "../model/channels.store.ts";
import { findByAccountQuery, storeTarget, upsertChannel } from "../model/channels.store.ts";
import { contextFor } from "../model/context.ts";
import { channelError } from "../model/errors.ts";
import { withoutCredentials } from "../model/public-channel.ts";
import { shownAccount } from "../model/shown-account.ts";
import { mergedCredentials } from "../tokens/custody.ts";
import { readLimits } from "./limits.ts";

/**
 * Stores an account under its credentials. An account that was connected before keeps its channel's id,
 * so that its history stays with it.
 */
export async function storeAccount(
  deps: ChannelDeps,
  connecting: Connecting,
  answer: TokenSet & { account: Account },
): Promise<Channel> {
  // A second round only where somebody else connected the same account in between.
  for (let round = 0; round < 2; round += 1) {
    const stored = await storeOnce(deps, connecting, answer);
    if (stored) return stored;
  }
  throw channelError("busy", "conflict", "This account is being connected by somebody else; try again.");
}

async function storeOnce(
  deps: ChannelDeps,
  connecting: Connecting,
  answer: TokenSet & { account: Account },
): Promise<Channel | null> {
  const { database, custody, clock } = deps;
  const { connector, actor, app } = connecting;
  const { workspaceId } = actor;
  const account = shownAccount(answer.account);
  const [former] = await database.read(
    workspaceId,
    findByAccountQuery(workspaceId, connector.id, account.accountId),
  );
  const id = former?.id ?? newId();
  const stored = former ? await formerCredentials(deps, former) : null;
  const credentials = mergedCredentials(connector.connect.kind, stored, answer.credentials);
  const target = await targetOfAccount(deps, connector, { workspaceId, app, account, credentials });
  if (former?.targetHash === null && stored !== null) {
    // Connected before targets were noted: what its approvals were about is what it has been until now.
    const before = await targetOfAccount(deps, connector, {
      workspaceId,
      app,
      account,
      credentials: stored,
    });
    await database.inWorkspace(workspaceId, (tx) => storeTarget(tx, former, null, before));
  }
  const sealed = await custody.seal({ workspaceId, id }, credentials);
  const { scopes, expiresAt, endsAt } = answer;
  const limits = await limitsOfAccount(deps, connector, { workspaceId, app, account, credentials }, scopes);
  const credited = { sealed, scopes, expiresAt, endsAt, at: clock.now() };
  return database
    .inWorkspace(workspaceId, async (tx) => {
      const row = await upsertChannel(tx, {
        workspaceId,
        id,
        connector: connector.id,
        account,
        credited,
        app,
        target,
        limits,
        userId: actor.userId,
      });
      // The credentials are sealed for `id` and would not open in another row.
      if (row.id !== id) throw new LostRace();
      await append(tx, former ? channelReconnected : channelConnected, {
        actor,
        targetId: id,
        data: { connector: connector.id, handle: account.handle, target: target.words },
      });
      return withoutCredentials(row);
    })
    .catch((error: unknown) => {
      if (error instanceof LostRace) return null;
      throw error;
    });
}

type Known = {
  workspaceId: string;
  app: Pick<ConnectorApp, "id">;
  account: Account;
  credentials: Credentials;
};

async function targetOfAccount(
  { apps, transports }: ChannelDeps,
  connector: Connector,
  { workspaceId, app, account, credentials }: Known,
): Promise<Fingerprint> {
  const { settings } = await apps.of(workspaceId, connector, app.id);
  const { accountId } = account;
  const site = transports.site?.(workspaceId);
  return fingerprintOf(connector, { settings, credentials, accountId, ...(site ? { site } : {}) });
}

async function limitsOfAccount(
  { apps, transports }: ChannelDeps,
  connector: Connector,
  { workspaceId, app, account, credentials }: Known,
  scopes: string[],
): Promise<JsonObject | null> {
  if (connector.accountLimits === null) return null;
  const { settings } = await apps.of(workspaceId, connector, app.id);
  const access = { workspaceId, credentials, accountId: account.accountId, scopes };
  return readLimits(connector, contextFor(transports, settings, access, AbortSignal.timeout(patienceMs)));
}

/** Rolls the transaction back. */
class LostRace extends Error {}

/** Null where they no longer open: connecting again is how a person mends that. */
async function formerCredentials(deps: ChannelDeps, former: ChannelRow): Promise<Credentials | null> {
  if (former.sealed === null) return null;
  return deps.custody.open(former).catch(() => null);
}
