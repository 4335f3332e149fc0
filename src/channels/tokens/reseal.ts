import type { Secrets } from "#platform/secrets";
import { GalleyError } from "#kit";
import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { Parts } from "../model/parts.ts";
import { appPlace, credentialsPlace } from "../model/sealed-columns.ts";

type Sealed = { workspaceId: string; id: string; sealed: Buffer };

/**
 * Seals everything of a workspace that an older data key sealed under the newest one. Each row is a step of its
 * own, so what was interrupted goes on where it stopped; a row that somebody writes meanwhile is left to them,
 * because what they write is sealed under the newest key anyway. Returns how many rows it sealed again.
 */
export async function resealWorkspace(
  parts: Parts & { secrets: Secrets },
  workspaceId: string,
): Promise<{ resealed: number; unreadable: number }> {
  const { secrets } = parts;
  const db = parts.database.system;
  let resealed = 0;
  let unreadable = 0;

  async function each(
    rows: Sealed[],
    placeOf: typeof appPlace,
    write: (row: Sealed, sealed: Buffer) => Promise<boolean>,
  ): Promise<void> {
    for (const row of rows) {
      const place = placeOf(row);
      try {
        if (await secrets.isCurrent(place, row.sealed)) continue;
        const again = await secrets.seal(place, await secrets.open(place, row.sealed));
        if (await write(row, again)) resealed += 1;
      } catch (error) {
        // Under a foreign GALLEY_KEY, or damaged: the doctor tells of it, and the others go on.
        if (!(error instanceof GalleyError)) throw error;
        unreadable += 1;
      }
    }
  }

  await each(await sealedChannels(db, workspaceId), credentialsPlace, (row, sealed) =>
    replaceCredentials(db, row, sealed),
  );
  await each(await sealedApps(db, workspaceId), appPlace, (row, sealed) => replaceApp(db, row, sealed));
  return { resealed, unreadable };
}

async function sealedChannels(db: Kysely<Schema>, workspaceId: string): Promise<Sealed[]> {
  return db
    .selectFrom("channels")
    .select(["workspace_id as workspaceId", "id", "credentials as sealed"])
    .where("workspace_id", "=", workspaceId)
    .where("credentials", "is not", null)
    .$narrowType<{ sealed: Buffer }>()
    .execute();
}

async function sealedApps(db: Kysely<Schema>, workspaceId: string): Promise<Sealed[]> {
  return db
    .selectFrom("platform_apps")
    .select(["workspace_id as workspaceId", "id", "sealed_values as sealed"])
    .where("workspace_id", "=", workspaceId)
    .execute();
}

/** Only over what was read: a renewal that was faster stands. */
async function replaceCredentials(db: Kysely<Schema>, row: Sealed, sealed: Buffer): Promise<boolean> {
  const changed = await db
    .updateTable("channels")
    .set({ credentials: sealed })
    .where("workspace_id", "=", row.workspaceId)
    .where("id", "=", row.id)
    .where("credentials", "=", row.sealed)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

async function replaceApp(db: Kysely<Schema>, row: Sealed, sealed: Buffer): Promise<boolean> {
  const changed = await db
    .updateTable("platform_apps")
    .set({ sealed_values: sealed })
    .where("workspace_id", "=", row.workspaceId)
    .where("id", "=", row.id)
    .where("sealed_values", "=", row.sealed)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
