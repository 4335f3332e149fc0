import { z } from "zod";
import type { Connector } from "#connectors";
import type { Database } from "#platform/db";
import type { Secrets } from "#platform/secrets";
import { appValuesColumn } from "../model/sealed-columns.ts";
import { installationIdentity, registrationOf, textsOf } from "./app-identity.ts";
import { lintApp } from "./app-lint.ts";
import { hintOf, missingOf } from "./app-values.ts";
import type { AppView, ConnectorApp } from "./app.ts";
import { appQuery, type AppRow, currentAppQuery } from "./apps.store.ts";
import { type InstallationSettings, settingsOf } from "./connector-settings.ts";

type ReaderDeps = { database: Database; secrets: Secrets; settings: InstallationSettings };

export type AppReader = ReturnType<typeof createAppReader>;

const valuesSchema = z.record(z.string(), z.string());

/** What is stored of apps, opened; for a new connection, for a channel, and for people. */
export function createAppReader({ database, secrets, settings }: ReaderDeps) {
  function installation(connector: Connector): ConnectorApp {
    const own = settingsOf(settings, connector, null);
    return { id: null, identity: installationIdentity(connector, own), settings: own };
  }

  async function opened(connector: Connector, row: AppRow): Promise<ConnectorApp> {
    const values = await valuesOf(row);
    return { id: row.id, identity: row.identity, settings: settingsOf(settings, connector, values) };
  }

  async function valuesOf(row: AppRow): Promise<Record<string, string>> {
    return valuesSchema.parse(JSON.parse(await secrets.openText(appValuesColumn(row), row.sealedValues)));
  }

  async function currentRow(workspaceId: string, connector: Connector): Promise<AppRow | undefined> {
    if (registrationOf(connector) === null) return undefined;
    const [row] = await database.read(workspaceId, currentAppQuery(workspaceId, connector.id));
    return row;
  }

  async function current(workspaceId: string, connector: Connector): Promise<ConnectorApp> {
    const row = await currentRow(workspaceId, connector);
    return row ? opened(connector, row) : installation(connector);
  }

  async function of(workspaceId: string, connector: Connector, appId: string | null): Promise<ConnectorApp> {
    if (appId === null) return installation(connector);
    const [row] = await database.read(workspaceId, appQuery(workspaceId, appId));
    return row ? opened(connector, row) : installation(connector);
  }

  async function view(workspaceId: string, connector: Connector): Promise<AppView | null> {
    const registration = registrationOf(connector);
    if (!registration) return null;
    const row = await currentRow(workspaceId, connector);
    const values = row ? await valuesOf(row) : textsOf(settings[connector.id] ?? {});
    const isSet = registration.fields.some(({ key }) => values[key]);
    return {
      source: row ? "workspace" : isSet ? "installation" : "none",
      consoleUrl: registration.consoleUrl,
      fields: registration.fields.map((field) => ({
        ...field,
        isSet: Boolean(values[field.key]),
        hint: hintOf(field, values[field.key] ?? ""),
      })),
      missing: missingOf(registration, values),
      findings: lintApp(registration.fields, values).map((finding) => ({ ...finding, cleaned: null })),
      secretEndsAt: row?.secretEndsAt ?? null,
      updatedAt: row?.updatedAt ?? null,
    };
  }

  return { valuesOf, currentRow, current, of, view };
}
