import type { Kysely } from "kysely";
import type { JsonObject } from "#kit";
import type { Schema } from "#platform/db";
import { compileOnly } from "#platform/db";

export type AppRow = {
  workspaceId: string;
  id: string;
  connector: string;
  identity: string;
  sealedValues: Buffer;
  secretEndsAt: Date | null;
  retiredAt: Date | null;
  updatedAt: Date;
};

/** All values of the app, sealed, and those that are no secret once more as they are. */
type AppContent = { sealedValues: Uint8Array; openValues: JsonObject };

const columns = [
  "workspace_id as workspaceId",
  "id",
  "connector",
  "identity",
  "sealed_values as sealedValues",
  "secret_ends_at as secretEndsAt",
  "retired_at as retiredAt",
  "updated_at as updatedAt",
] as const;

export function currentAppQuery(workspaceId: string, connector: string) {
  return compileOnly
    .selectFrom("platform_apps")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("connector", "=", connector)
    .where("retired_at", "is", null)
    .compile();
}

export function appQuery(workspaceId: string, id: string) {
  return compileOnly
    .selectFrom("platform_apps")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .compile();
}

/** The current app, locked until the transaction ends. */
export async function lockCurrentApp(
  db: Kysely<Schema>,
  workspaceId: string,
  connector: string,
): Promise<AppRow | undefined> {
  return db
    .selectFrom("platform_apps")
    .select(columns)
    .where("workspace_id", "=", workspaceId)
    .where("connector", "=", connector)
    .where("retired_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
}

export async function insertApp(
  db: Kysely<Schema>,
  app: Omit<AppRow, "retiredAt" | "sealedValues"> & AppContent,
): Promise<void> {
  await db
    .insertInto("platform_apps")
    .values({
      workspace_id: app.workspaceId,
      id: app.id,
      connector: app.connector,
      identity: app.identity,
      sealed_values: app.sealedValues,
      open_values: JSON.stringify(app.openValues),
      secret_ends_at: app.secretEndsAt,
      created_at: app.updatedAt,
      updated_at: app.updatedAt,
    })
    .execute();
}

/** The same app with another secret, for all channels that are connected with it. */
export async function updateApp(
  db: Kysely<Schema>,
  app: { workspaceId: string; id: string; secretEndsAt: Date | null; at: Date } & AppContent,
): Promise<void> {
  await db
    .updateTable("platform_apps")
    .set({
      sealed_values: app.sealedValues,
      open_values: JSON.stringify(app.openValues),
      secret_ends_at: app.secretEndsAt,
      updated_at: app.at,
    })
    .where("workspace_id", "=", app.workspaceId)
    .where("id", "=", app.id)
    .execute();
}

export async function retireApp(
  db: Kysely<Schema>,
  workspaceId: string,
  id: string,
  at: Date,
): Promise<void> {
  await db
    .updateTable("platform_apps")
    .set({ retired_at: at })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .execute();
}

/** Forgets retired apps whose channels are gone or were connected with another one. */
export async function deleteUnusedApps(db: Kysely<Schema>): Promise<void> {
  await db
    .updateTable("channels")
    .set({ app_id: null, app_identity: null })
    .where("status", "=", "disconnected")
    .where("app_id", "is not", null)
    .execute();
  await db
    .deleteFrom("platform_apps as app")
    .where("app.retired_at", "is not", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("channels")
            .select("channels.id")
            .whereRef("channels.workspace_id", "=", "app.workspace_id")
            .whereRef("channels.app_id", "=", "app.id"),
        ),
      ),
    )
    .execute();
}
