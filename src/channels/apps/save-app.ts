import type { Connector } from "#connectors";
import type { Actor, Clock } from "#kit";
import { newId } from "#kit";
import type { Database } from "#platform/db";
import { isUniqueViolation } from "#platform/db";
import { append } from "#platform/events";
import type { Secrets } from "#platform/secrets";
import { appChanged, appRemoved, appSet } from "../events.ts";
import { channelError } from "../model/errors.ts";
import { appValuesColumn } from "../model/sealed-columns.ts";
import { identityOf } from "./app-identity.ts";
import { lintApp } from "./app-lint.ts";
import type { AppReader } from "./app-reader.ts";
import {
  mergedValues,
  neededRegistration,
  openOf,
  refuseFindings,
  refuseMissing,
  refuseUnknown,
  refuseUnreadable,
} from "./app-values.ts";
import type { AppValues, AppView } from "./app.ts";
import { insertApp, lockCurrentApp, retireApp, updateApp } from "./apps.store.ts";
import { type InstallationSettings, settingsOf } from "./connector-settings.ts";

type SaveDeps = {
  database: Database;
  secrets: Secrets;
  settings: InstallationSettings;
  clock: Clock;
  reader: AppReader;
};

/** Throws `channels.wrong_app` with a problem for each value that needs another look, and `channels.busy`. */
export async function saveApp(
  deps: SaveDeps,
  actor: Actor,
  { connector, given }: { connector: Connector; given: AppValues },
): Promise<AppView> {
  const { database, secrets, settings, reader } = deps;
  const { workspaceId } = actor;
  const registration = neededRegistration(connector);
  refuseUnknown(registration, given.values);
  const former = await reader.currentRow(workspaceId, connector);
  const formerValues = former ? await reader.valuesOf(former) : {};
  const values = mergedValues(registration, given.values, formerValues);
  if (!given.despite) refuseFindings(lintApp(registration.fields, given.values));
  refuseMissing(registration, values);
  const installation = settingsOf(settings, connector, null);
  refuseUnreadable(connector, registration, { installation, values });
  const identity = identityOf(registration, values) ?? "";
  const at = deps.clock.now();
  await database
    .inWorkspace(workspaceId, async (tx) => {
      const row = await lockCurrentApp(tx, workspaceId, connector.id);
      const isSame = row?.identity === identity;
      const id = isSame ? row.id : newId();
      const column = appValuesColumn({ workspaceId, id });
      const sealedValues = await secrets.seal(column, JSON.stringify(values));
      const { secretEndsAt } = given;
      const stored = {
        workspaceId,
        id,
        sealedValues,
        openValues: openOf(registration, values),
        secretEndsAt,
      };
      if (isSame) await updateApp(tx, { ...stored, at });
      else {
        if (row) await retireApp(tx, workspaceId, row.id, at);
        await insertApp(tx, { ...stored, connector: connector.id, identity, updatedAt: at });
      }
      await append(tx, isSame ? appChanged : appSet, {
        actor,
        targetId: id,
        data: { connector: connector.id, secretEndsAt: secretEndsAt?.toISOString() ?? null },
      });
    })
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw channelError("busy", "conflict", "Somebody else is changing this app; look again.");
    });
  const stored = await reader.view(workspaceId, connector);
  if (stored) return stored;
  throw channelError("no_app", "invalid", `${connector.name} needs no app.`);
}

/** Throws `channels.no_app` where the workspace has none of its own. */
export async function removeApp(
  { database, clock }: SaveDeps,
  actor: Actor,
  connector: Connector,
): Promise<void> {
  neededRegistration(connector);
  await database.inWorkspace(actor.workspaceId, async (tx) => {
    const row = await lockCurrentApp(tx, actor.workspaceId, connector.id);
    if (!row) throw channelError("no_app", "not_found", "This workspace has no app of its own there.");
    await retireApp(tx, actor.workspaceId, row.id, clock.now());
    await append(tx, appRemoved, { actor, targetId: row.id, data: { connector: connector.id } });
  });
}
