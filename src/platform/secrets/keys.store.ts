import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

export type WrappedKey = { workspaceId: string; version: number; wrapped: Buffer; wrappedBy: string };

const columns = ["workspace_id as workspaceId", "version", "wrapped", "wrapped_by as wrappedBy"] as const;

export async function findKey(
  db: Kysely<Schema>,
  workspaceId: string,
  version: number,
): Promise<WrappedKey | undefined> {
  return db
    .selectFrom("workspace_keys")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("version", "=", version)
    .executeTakeFirst();
}

export async function findNewestKey(
  db: Kysely<Schema>,
  workspaceId: string,
): Promise<WrappedKey | undefined> {
  return db
    .selectFrom("workspace_keys")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** False when another process has just made this version. */
export async function insertKey(db: Kysely<Schema>, key: WrappedKey): Promise<boolean> {
  const made = await db
    .insertInto("workspace_keys")
    .values({
      workspace_id: key.workspaceId,
      version: key.version,
      wrapped: key.wrapped,
      wrapped_by: key.wrappedBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return made.numInsertedOrUpdatedRows === 1n;
}

/** Every data key that one wrapping key holds, locked for this transaction. */
export async function lockKeysWrappedBy(db: Kysely<Schema>, wrappedBy: string): Promise<WrappedKey[]> {
  return db
    .selectFrom("workspace_keys")
    .select(columns)
    .where("wrapped_by", "=", wrappedBy)
    .orderBy("workspace_id")
    .orderBy("version")
    .forUpdate()
    .execute();
}

export async function replaceWrapping(db: Kysely<Schema>, key: WrappedKey): Promise<void> {
  await db
    .updateTable("workspace_keys")
    .set({ wrapped: key.wrapped, wrapped_by: key.wrappedBy })
    .where("workspace_id", "=", key.workspaceId)
    .where("version", "=", key.version)
    .execute();
}
