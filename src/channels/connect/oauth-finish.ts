import { z } from "zod";
import type { Connector, ConnectorContext, OAuthConnect, OpenedAccount, TokenSet } from "#connectors";
import type { Actor, JsonObject } from "#kit";
import type { Secrets } from "#platform/secrets";
import { storeAccount } from "../accounts/store-account.ts";
import type { ConnectorApp } from "../apps/app.ts";
import type { ChannelDeps, ConnectDeps } from "../deps.ts";
import { askPlatform, patienceMs } from "../model/ask-platform.ts";
import type { Channel, PendingConnection } from "../model/channel.ts";
import { contextFor, noAccess } from "../model/context.ts";
import { channelError } from "../model/errors.ts";
import { findChannel } from "../model/find.ts";
import { refuseMissingScopes } from "../model/scopes.ts";
import { registrationColumn, verifierColumn } from "../model/sealed-columns.ts";
import type { TakenState } from "./oauth.store.ts";
import { keepPending } from "./pending.ts";

type Finished = { kind: "connected"; channel: Channel } | { kind: "pending"; pending: PendingConnection };

type OAuthFlow = {
  connector: Connector;
  connect: OAuthConnect;
  actor: Actor;
  state: TakenState;
  code: string;
};

/** A consent may open a Page for every year of a business, each of which costs a call. */
const accountsMs = 60_000;

/**
 * Turns the code into access. One account is connected at once; where there is something to choose, what
 * the consent opened waits, sealed, and nothing is connected yet.
 */
export async function finish(deps: ConnectDeps, flow: OAuthFlow): Promise<Finished> {
  const { connector, connect, actor, state, code } = flow;
  const codeVerifier = await deps.secrets.openText(verifierColumn(state), state.sealedVerifier);
  const registration = await openRegistration(deps.secrets, state);
  const app = await appOfFlow(deps, connector, state);
  const nothingYet = noAccess(actor.workspaceId);
  const context = contextFor(deps.transports, app.settings, nothingYet, AbortSignal.timeout(patienceMs));
  const accounts = await askPlatform(async () => {
    const grant = { code, redirectUri: state.redirectUri, codeVerifier, registration };
    const tokens = await connect.exchange(context, grant);
    refuseMissingScopes(connector, state.scopes, tokens.scopes);
    const access = { ...nothingYet, credentials: tokens.credentials, scopes: tokens.scopes };
    return openedBy(
      connector,
      connect,
      contextFor(deps.transports, app.settings, access, AbortSignal.timeout(accountsMs)),
      tokens,
    );
  });
  const [only] = accounts;
  if (!only) throw noAccounts(connector);
  if (accounts.length === 1 && only.problem === null) {
    await refuseOtherAccount(deps, connector, state, only);
    return { kind: "connected", channel: await storeAccount(deps, { connector, actor, app }, only) };
  }
  const { channelId } = state;
  const pending = await keepPending(deps, { connector, actor, app, accounts, channelId });
  return { kind: "pending", pending };
}

/** Throws `channels.app_changed` where the configuration names another app than when the flow began. */
async function appOfFlow(deps: ChannelDeps, connector: Connector, state: TakenState): Promise<ConnectorApp> {
  const app = await deps.apps.of(state.workspaceId, connector, state.appId);
  if (app.identity === state.appIdentity) return app;
  throw channelError(
    "app_changed",
    "conflict",
    `The app for ${connector.name} was changed meanwhile; start the connection again.`,
  );
}

async function openedBy(
  connector: Connector,
  connect: OAuthConnect,
  context: ConnectorContext,
  tokens: TokenSet,
): Promise<OpenedAccount[]> {
  if (connect.accounts !== null) return connect.accounts(context, tokens);
  return [{ ...tokens, account: await connector.probe(context), kind: "", problem: null }];
}

async function openRegistration(secrets: Secrets, state: TakenState): Promise<JsonObject> {
  if (state.sealedRegistration === null) return {};
  const text = await secrets.openText(registrationColumn(state), state.sealedRegistration);
  return z.record(z.string(), z.json()).parse(JSON.parse(text));
}

/** Who set out to renew one account and signed in as another is told, instead of having two. */
async function refuseOtherAccount(
  deps: ChannelDeps,
  connector: Connector,
  state: TakenState,
  opened: OpenedAccount,
): Promise<void> {
  if (state.channelId === null) return;
  const channel = await findChannel(deps.database, state.workspaceId, state.channelId);
  if (channel.accountId === opened.account.accountId) return;
  throw channelError(
    "other_account",
    "unprocessable",
    `You are signed in to ${connector.name} as ${opened.account.handle}, but ${channel.handle} was to be connected again. Sign out there and try again, or connect ${opened.account.handle} as a new channel.`,
  );
}

function noAccounts(connector: Connector) {
  return channelError(
    "no_accounts",
    "unprocessable",
    `${connector.name} gave access, but to no account that can be published to. Check that the accounts you chose there are ones that you manage, then connect again.`,
  );
}
