import { z } from "zod";
import type { Connector, OpenedAccount } from "#connectors";
import type { Actor } from "#kit";
import { newId } from "#kit";
import { storeAccount } from "../accounts/store-account.ts";
import type { ConnectorApp } from "../apps/app.ts";
import type { ConnectDeps } from "../deps.ts";
import type { Channel, PendingConnection } from "../model/channel.ts";
import { findByAccountsQuery } from "../model/channels.store.ts";
import { channelError } from "../model/errors.ts";
import { connectorOf } from "../model/find.ts";
import { missingOptional } from "../model/scopes.ts";
import { openedColumn } from "../model/sealed-columns.ts";
import { shownAccount } from "../model/shown-account.ts";
import type { PendingRow } from "./pending.store.ts";
import { deletePending, findPending, insertPending } from "./pending.store.ts";

/** How long the accounts that a consent opened wait for the person's choice. */
const pendingMs = 1_800_000;

const moment = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .nullable();
const openedSchema = z.array(
  z.object({
    credentials: z.record(z.string(), z.json()),
    scopes: z.array(z.string()),
    expiresAt: moment,
    endsAt: moment,
    account: z.object({
      accountId: z.string(),
      handle: z.string(),
      displayName: z.string(),
      avatarUrl: z.string().nullable(),
      profileUrl: z.string().nullable(),
    }),
    kind: z.string(),
    problem: z.string().nullable(),
  }),
);

/** Keeps what a consent opened until the person picks, sealed and for their session alone. */
export async function keepPending(
  deps: ConnectDeps,
  opened: {
    connector: Connector;
    actor: Actor;
    app: ConnectorApp;
    accounts: OpenedAccount[];
    channelId: string | null;
  },
): Promise<PendingConnection> {
  const { connector, actor, app, channelId } = opened;
  const accounts = opened.accounts.map((one) => ({ ...one, account: shownAccount(one.account) }));
  const id = newId();
  const place = { workspaceId: actor.workspaceId, id };
  const row: PendingRow = {
    ...place,
    connector: connector.id,
    sessionId: actor.sessionId,
    sealedOpened: await deps.secrets.seal(openedColumn(place), JSON.stringify(accounts)),
    channelId,
    appId: app.id,
    appIdentity: app.identity,
    expiresAt: new Date(deps.clock.now().getTime() + pendingMs),
  };
  await deps.database.inWorkspace(actor.workspaceId, (tx) => insertPending(tx, row));
  return describe(deps, row, accounts);
}

/** Throws `channels.no_pending` for one that ended, was finished, or belongs to another session or workspace. */
export async function getPending(deps: ConnectDeps, actor: Actor, id: string): Promise<PendingConnection> {
  const { row, accounts } = await openPending(deps, actor, id);
  return describe(deps, row, accounts);
}

/**
 * Connects the accounts that the person picked, each as a channel with its own credentials, and forgets
 * the others. Where one fails the rest stays connected and the choice may be made again.
 */
export async function pickAccounts(
  deps: ConnectDeps,
  actor: Actor,
  { id, accountIds }: { id: string; accountIds: readonly string[] },
): Promise<Channel[]> {
  const { row, accounts } = await openPending(deps, actor, id);
  const connector = connectorOf(deps.connectors, row.connector);
  const picked = accountIds.map((accountId) => pickedOf(accounts, accountId));
  const app = { id: row.appId, identity: row.appIdentity };
  const channels: Channel[] = [];
  for (const account of picked) channels.push(await storeAccount(deps, { connector, actor, app }, account));
  await deps.database.inWorkspace(actor.workspaceId, (tx) => deletePending(tx, actor.workspaceId, id));
  return channels;
}

/** Forgets what the consent opened. Nothing is withdrawn: it may be the access of channels that are connected. */
export async function dropPending(deps: ConnectDeps, actor: Actor, id: string): Promise<void> {
  const { row } = await openPending(deps, actor, id);
  await deps.database.inWorkspace(actor.workspaceId, (tx) => deletePending(tx, row.workspaceId, row.id));
}

function pickedOf(accounts: OpenedAccount[], accountId: string): OpenedAccount {
  const found = accounts.find(({ account }) => account.accountId === accountId);
  if (!found) {
    throw channelError("not_offered", "invalid", "One of the chosen accounts was not part of this consent.");
  }
  if (found.problem === null) return found;
  throw channelError(
    "not_connectable",
    "unprocessable",
    `${found.account.displayName} cannot be connected: ${found.problem}`,
  );
}

async function openPending(deps: ConnectDeps, actor: Actor, id: string) {
  const { workspaceId, sessionId } = actor;
  const row = await deps.database.inWorkspace(workspaceId, (tx) =>
    findPending(tx, { workspaceId, id, sessionId, at: deps.clock.now() }),
  );
  if (!row) {
    const message = "This choice is no longer open: it waits for half an hour. Connect the account again.";
    throw channelError("no_pending", "not_found", message);
  }
  const text = await deps.secrets.openText(openedColumn(row), row.sealedOpened);
  return { row, accounts: openedSchema.parse(JSON.parse(text)) };
}

async function describe(
  deps: ConnectDeps,
  row: PendingRow,
  accounts: OpenedAccount[],
): Promise<PendingConnection> {
  const connector = connectorOf(deps.connectors, row.connector);
  const ids = accounts.map(({ account }) => account.accountId);
  const known = await deps.database.read(
    row.workspaceId,
    findByAccountsQuery(row.workspaceId, row.connector, ids),
  );
  const channels = new Map(known.map(({ accountId, id, status }) => [accountId, { id, status }]));
  return {
    id: row.id,
    connector: row.connector,
    expiresAt: row.expiresAt,
    channelId: row.channelId,
    accounts: accounts.map(({ account, kind, problem }) => ({
      account,
      kind,
      problem,
      channel: channels.get(account.accountId) ?? null,
    })),
    missingOptional: missingOptional(connector, accounts[0]?.scopes ?? []),
  };
}
