import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

export type PendingRow = {
  workspaceId: string;
  id: string;
  connector: string;
  sessionId: string;
  sealedOpened: Buffer;
  channelId: string | null;
  appId: string | null;
  appIdentity: string | null;
  expiresAt: Date;
};

export async function insertPending(db: Kysely<Schema>, row: PendingRow): Promise<void> {
  await db
    .insertInto("pending_connections")
    .values({
      workspace_id: row.workspaceId,
      id: row.id,
      connector: row.connector,
      session_id: row.sessionId,
      opened: row.sealedOpened,
      channel_id: row.channelId,
      app_id: row.appId,
      app_identity: row.appIdentity,
      expires_at: row.expiresAt,
    })
    .execute();
}

/** A connection that waits in this session and has not ended. */
export async function findPending(
  db: Kysely<Schema>,
  wanted: { workspaceId: string; id: string; sessionId: string; at: Date },
): Promise<PendingRow | undefined> {
  return db
    .selectFrom("pending_connections")
    .select([
      "workspace_id as workspaceId",
      "id",
      "connector",
      "session_id as sessionId",
      "opened as sealedOpened",
      "channel_id as channelId",
      "app_id as appId",
      "app_identity as appIdentity",
      "expires_at as expiresAt",
    ])
    .where("workspace_id", "=", wanted.workspaceId)
    .where("id", "=", wanted.id)
    .where("session_id", "=", wanted.sessionId)
    .where("expires_at", ">", wanted.at)
    .executeTakeFirst();
}

/** False when somebody was faster. */
export async function deletePending(db: Kysely<Schema>, workspaceId: string, id: string): Promise<boolean> {
  const gone = await db
    .deleteFrom("pending_connections")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}

/** Forgets, with the tokens in them, connections that nobody finished. */
export async function deleteEndedPending(db: Kysely<Schema>, endedBefore: Date): Promise<void> {
  await db.deleteFrom("pending_connections").where("expires_at", "<=", endedBefore).execute();
}
