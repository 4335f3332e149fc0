import { type Kysely, sql } from "kysely";
import type { Account, Fingerprint } from "#connectors";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { compileOnly } from "#platform/db";
import type { Channel } from "./channel.ts";

/** A channel with what only custody may see. */
export type ChannelRow = Channel & {
  sealed: Buffer | null;
  credentialsAt: Date | null;
  refreshId: string | null;
  refreshUntil: Date | null;
  /** The app that the channel was connected with, which alone can renew its tokens. */
  appId: string | null;
  appIdentity: string | null;
  /** The fingerprint of where its posts go; null until it is first used, for channels of before. */
  targetHash: string | null;
};

const publicColumns = [
  "id",
  "workspace_id as workspaceId",
  "connector",
  "account_id as accountId",
  "handle",
  "display_name as displayName",
  "avatar_url as avatarUrl",
  "profile_url as profileUrl",
  "status",
  "status_reason as statusReason",
  "paused_at as pausedAt",
  "scopes",
  "expires_at as expiresAt",
  "ends_at as endsAt",
  "checked_at as checkedAt",
  "created_at as createdAt",
  // Written by `#channels` alone, from what a connector read.
  sql<JsonObject | null>`account_limits`.as("accountLimits"),
] as const;

/** With what only custody may see. */
export const allColumns = [
  ...publicColumns,
  "credentials as sealed",
  "credentials_at as credentialsAt",
  "refresh_id as refreshId",
  "refresh_until as refreshUntil",
  "app_id as appId",
  "app_identity as appIdentity",
  "target_hash as targetHash",
] as const;

/** All channels of a workspace, oldest first. */
export function listQuery(workspaceId: string) {
  return compileOnly
    .selectFrom("channels")
    .select(publicColumns)
    .where("workspace_id", "=", workspaceId)
    .orderBy("id")
    .compile();
}

/** The apps that the connected channels of a workspace on a platform were connected with; null: the installation's. */
export function appsInUseQuery(workspaceId: string, connector: string) {
  return compileOnly
    .selectFrom("channels")
    .select("app_id as appId")
    .where("workspace_id", "=", workspaceId)
    .where("connector", "=", connector)
    .where("status", "=", "connected")
    .distinct()
    .compile();
}

export function findQuery(workspaceId: string, id: string) {
  return compileOnly
    .selectFrom("channels")
    .select(allColumns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .compile();
}

export function findByAccountQuery(workspaceId: string, connector: string, accountId: string) {
  return compileOnly
    .selectFrom("channels")
    .select(allColumns)
    .where("workspace_id", "=", workspaceId)
    .where("connector", "=", connector)
    .where("account_id", "=", accountId)
    .compile();
}

/** The channels of these accounts, connected or not. */
export function findByAccountsQuery(workspaceId: string, connector: string, accountIds: string[]) {
  return compileOnly
    .selectFrom("channels")
    .select(["id", "account_id as accountId", "status"])
    .where("workspace_id", "=", workspaceId)
    .where("connector", "=", connector)
    .where("account_id", "in", accountIds)
    .compile();
}

/** The row, locked until the transaction ends. */
export async function lockChannel(
  db: Kysely<Schema>,
  workspaceId: string,
  id: string,
): Promise<ChannelRow | undefined> {
  return db
    .selectFrom("channels")
    .select(allColumns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
}

export type Credited = {
  sealed: Buffer;
  scopes: string[];
  expiresAt: Date | null;
  endsAt: Date | null;
  at: Date;
};

/** Connects an account: a new row under `id`, or the account's former row, whose id stays. */
export async function upsertChannel(
  db: Kysely<Schema>,
  channel: {
    workspaceId: string;
    id: string;
    connector: string;
    account: Account;
    credited: Credited;
    app: { id: string | null; identity: string | null };
    target: Fingerprint;
    /** Null leaves what is known. */
    limits: JsonObject | null;
    userId: string;
  },
): Promise<ChannelRow> {
  const { account, app, credited, target, limits } = channel;
  const connected = {
    handle: account.handle,
    display_name: account.displayName,
    avatar_url: account.avatarUrl,
    profile_url: account.profileUrl,
    status: "connected" as const,
    status_reason: null,
    refresh_id: null,
    refresh_until: null,
    app_id: app.id,
    app_identity: app.identity,
    target_hash: target.hash,
    target_words: target.words,
    checked_at: credited.at,
    updated_at: credited.at,
    ...(limits === null ? {} : limitsColumns(limits, credited.at)),
    ...creditedColumns(credited),
  };
  return db
    .insertInto("channels")
    .values({
      workspace_id: channel.workspaceId,
      id: channel.id,
      connector: channel.connector,
      account_id: account.accountId,
      created_by: channel.userId,
      created_at: credited.at,
      ...connected,
    })
    .onConflict((conflict) =>
      conflict.columns(["workspace_id", "connector", "account_id"]).doUpdateSet(connected),
    )
    .returning(allColumns)
    .executeTakeFirstOrThrow();
}

function creditedColumns(credited: Credited) {
  return {
    credentials: credited.sealed,
    credentials_at: credited.at,
    scopes: credited.scopes,
    expires_at: credited.expiresAt,
    ends_at: credited.endsAt,
  };
}

export function limitsColumns(limits: JsonObject, at: Date) {
  return { account_limits: JSON.stringify(limits), account_limits_at: at };
}

/** Writes the intent of a refresh on a row that this transaction has locked. */
export async function writeRefreshIntent(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  intent: { id: string; until: Date },
): Promise<void> {
  await db
    .updateTable("channels")
    .set({ refresh_id: intent.id, refresh_until: intent.until })
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .execute();
}

/** Stores the new pair and clears the intent; undefined when the channel went on without this refresh. */
export async function storeRefreshed(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  intentId: string,
  credited: Credited,
): Promise<ChannelRow | undefined> {
  return db
    .updateTable("channels")
    .set((eb) => ({
      ...creditedColumns(credited),
      // A renewal that says nothing of it does not move the day on which a person is needed.
      ends_at: credited.endsAt ?? eb.ref("ends_at"),
      refresh_id: null,
      refresh_until: null,
      updated_at: credited.at,
    }))
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .where("refresh_id", "=", intentId)
    .returning(allColumns)
    .executeTakeFirst();
}

/** Clears an intent that had no effect on the platform. */
export async function clearRefreshIntent(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  intentId: string,
): Promise<void> {
  await db
    .updateTable("channels")
    .set({ refresh_id: null, refresh_until: null })
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .where("refresh_id", "=", intentId)
    .execute();
}

/**
 * From `connected` to `needs_reconnect`; with `intentId` only while that refresh is the standing one.
 * False when the channel was not in that state any more.
 */
export async function markNeedsReconnect(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  change: { reason: string; at: Date; intentId: string | null; used?: Date | null },
): Promise<boolean> {
  let update = db
    .updateTable("channels")
    .set({
      status: "needs_reconnect",
      status_reason: change.reason,
      refresh_id: null,
      refresh_until: null,
      updated_at: change.at,
    })
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .where("status", "=", "connected");
  // Refused were these credentials; whoever connected again meanwhile has others.
  if (change.used) update = update.where("credentials_at", "=", change.used);
  if (change.intentId !== null) update = update.where("refresh_id", "=", change.intentId);
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Forgets the credentials; the row stays, because posts and deliveries name it. */
export async function markDisconnected(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  at: Date,
): Promise<void> {
  await db
    .updateTable("channels")
    .set({
      status: "disconnected",
      status_reason: "It was disconnected here.",
      credentials: null,
      credentials_at: null,
      scopes: [],
      expires_at: null,
      ends_at: null,
      refresh_id: null,
      refresh_until: null,
      updated_at: at,
    })
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .execute();
}

export async function setPaused(
  db: Kysely<Schema>,
  workspaceId: string,
  id: string,
  pausedAt: Date | null,
): Promise<ChannelRow | undefined> {
  return db
    .updateTable("channels")
    .set({ paused_at: pausedAt })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .returning(allColumns)
    .executeTakeFirst();
}

/** What a successful probe told about the account. */
export async function storeChecked(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  account: Account,
  at: Date,
): Promise<ChannelRow | undefined> {
  return db
    .updateTable("channels")
    .set({
      handle: account.handle,
      display_name: account.displayName,
      avatar_url: account.avatarUrl,
      profile_url: account.profileUrl,
      checked_at: at,
    })
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .returning(allColumns)
    .executeTakeFirst();
}

/**
 * Notes where a channel's posts go now. A target that is another one than before is told to the desk by the
 * database, in the same transaction. `former`: what it was as far as the caller knows; nothing is written over news.
 */
export async function storeTarget(
  db: Kysely<Schema>,
  channel: { workspaceId: string; id: string },
  former: string | null,
  target: Fingerprint,
): Promise<void> {
  await db
    .updateTable("channels")
    .set({ target_hash: target.hash, target_words: target.words })
    .where("workspace_id", "=", channel.workspaceId)
    .where("id", "=", channel.id)
    .where("target_hash", former === null ? "is" : "=", former)
    .execute();
}

/** Connected channels of all workspaces, after `after`, in the order of their ids. */
export async function connectedAfter(
  db: Kysely<Schema>,
  after: string,
): Promise<{ workspaceId: string; id: string }[]> {
  return connectedOnes(db, after).execute();
}

/** A page of them, before anything else is asked. */
export function connectedOnes(db: Kysely<Schema>, after: string) {
  return db
    .selectFrom("channels")
    .select(["workspace_id as workspaceId", "id"])
    .where("status", "=", "connected")
    .where("credentials", "is not", null)
    .where("id", ">", after)
    .orderBy("id")
    .limit(200);
}
