import { type Actor, GalleyError } from "#kit";
import { append } from "#platform/events";
import type { ConnectDeps } from "../deps.ts";
import { secretsRotated } from "../events.ts";
import { appValuesColumn, credentialsColumn } from "../model/sealed-columns.ts";
import { replaceApp, replaceCredentials, type Sealed, sealedApps, sealedChannels } from "./reseal.store.ts";

type ResealDeps = Pick<ConnectDeps, "database" | "secrets">;

type Resealed = { resealed: number; unreadable: number };

/** Starts a new data key for the workspace and seals everything of its channels under it, while work goes on. */
export async function rotateSecrets(deps: ResealDeps, actor: Actor): Promise<Resealed & { version: number }> {
  const { workspaceId } = actor;
  const version = await deps.secrets.rotate(workspaceId);
  const done = await resealWorkspace(deps, workspaceId);
  await deps.database.inWorkspace(workspaceId, (tx) =>
    append(tx, secretsRotated, { actor, data: { version, ...done } }),
  );
  return { version, ...done };
}

/**
 * Seals everything of a workspace that an older data key sealed under the newest one. Each row is a step of its
 * own, so what was interrupted goes on where it stopped; a row that somebody writes meanwhile is left to them,
 * because what they write is sealed under the newest key anyway. Returns how many rows it sealed again.
 */
async function resealWorkspace({ database, secrets }: ResealDeps, workspaceId: string): Promise<Resealed> {
  const db = database.system;
  let resealed = 0;
  let unreadable = 0;

  async function each(
    rows: Sealed[],
    columnOf: typeof appValuesColumn,
    write: (row: Sealed, sealed: Buffer) => Promise<boolean>,
  ): Promise<void> {
    for (const row of rows) {
      const column = columnOf(row);
      try {
        if (await secrets.isCurrent(column, row.sealed)) continue;
        const again = await secrets.seal(column, await secrets.open(column, row.sealed));
        if (await write(row, again)) resealed += 1;
      } catch (error) {
        // Under a foreign GALLEY_KEY, or damaged: the doctor tells of it, and the others go on.
        if (!(error instanceof GalleyError)) throw error;
        unreadable += 1;
      }
    }
  }

  await each(await sealedChannels(db, workspaceId), credentialsColumn, (row, sealed) =>
    replaceCredentials(db, row, sealed),
  );
  await each(await sealedApps(db, workspaceId), appValuesColumn, (row, sealed) =>
    replaceApp(db, row, sealed),
  );
  return { resealed, unreadable };
}
