import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";

/** A row with a sealed value; `db` of all that stands here sees all workspaces. */
export type Sealed = { workspaceId: string; id: string; sealed: Buffer };

export async function sealedChannels(db: Kysely<Schema>, workspaceId: string): Promise<Sealed[]> {
  return db
    .selectFrom("channels")
    .select(["workspace_id as workspaceId", "id", "credentials as sealed"])
    .where("workspace_id", "=", workspaceId)
    .where("credentials", "is not", null)
    .$narrowType<{ sealed: Buffer }>()
    .execute();
}

export async function sealedApps(db: Kysely<Schema>, workspaceId: string): Promise<Sealed[]> {
  return db
    .selectFrom("platform_apps")
    .select(["workspace_id as workspaceId", "id", "sealed_values as sealed"])
    .where("workspace_id", "=", workspaceId)
    .execute();
}

/** Only over what was read: a renewal that was faster stands. */
export async function replaceCredentials(db: Kysely<Schema>, row: Sealed, sealed: Buffer): Promise<boolean> {
  const changed = await db
    .updateTable("channels")
    .set({ credentials: sealed })
    .where("workspace_id", "=", row.workspaceId)
    .where("id", "=", row.id)
    .where("credentials", "=", row.sealed)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

export async function replaceApp(db: Kysely<Schema>, row: Sealed, sealed: Buffer): Promise<boolean> {
  const changed = await db
    .updateTable("platform_apps")
    .set({ sealed_values: sealed })
    .where("workspace_id", "=", row.workspaceId)
    .where("id", "=", row.id)
    .where("sealed_values", "=", row.sealed)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
