import type { AppRegistration, Connector, FormField } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { Actor, Clock, JsonObject } from "#kit";
import { newId, systemClock } from "#kit";
import { recordEvent } from "#platform/audit";
import type { Database } from "#platform/db";
import { isUniqueViolation } from "#platform/db";
import type { Secrets } from "#platform/secrets";
import { z } from "zod";
import { identityOf, installationIdentity, registrationOf, textsOf } from "./app-identity.ts";
import type { AppFinding } from "./app-lint.ts";
import { lintApp } from "./app-lint.ts";
import type { AppRow } from "./apps.store.ts";
import { appQuery, currentAppQuery, insertApp, lockCurrentApp, retireApp, updateApp } from "./apps.store.ts";
import { type InstallationSettings, settingsOf } from "./connector-settings.ts";
import { channelError } from "../model/errors.ts";
import { appValuesColumn } from "../model/sealed-columns.ts";

/** The app in whose name a platform is spoken to, and the settings of its connector with its values among them. */
export type ConnectorApp = {
  /** Null: the installation's, or none. */
  id: string | null;
  /** Tells one app from another; null where the platform needs none, or none is set up. */
  identity: string | null;
  settings: JsonObject;
};

/** What a person sees of an app: never a secret, only how it ends. */
export type AppView = {
  source: "workspace" | "installation" | "none";
  consoleUrl: string;
  fields: (FormField & { isSet: boolean; hint: string | null })[];
  /** Required fields that nobody has filled in. */
  missing: string[];
  findings: AppFinding[];
  secretEndsAt: Date | null;
  updatedAt: Date | null;
};

export type AppValues = {
  /** By key of `fields`; a secret that is left out stays as it is. */
  values: Record<string, string>;
  secretEndsAt: Date | null;
  /** Store the values although something looks wrong about them. */
  despite: boolean;
};

export type Apps = {
  /** For a new connection: the workspace's own app, else the installation's. */
  current(workspaceId: string, connector: Connector): Promise<ConnectorApp>;
  /** The app that a channel was connected with. */
  of(workspaceId: string, connector: Connector, appId: string | null): Promise<ConnectorApp>;
  view(workspaceId: string, connector: Connector): Promise<AppView | null>;
  save(actor: Actor, connector: Connector, given: AppValues): Promise<AppView>;
  /** Goes back to the installation's app; channels that are connected with this one keep it. */
  remove(actor: Actor, connector: Connector): Promise<void>;
};

const longestValue = 4000;
const valuesSchema = z.record(z.string(), z.string());

/** Apps of platforms: client ids and secrets of a workspace, sealed, beside those of the configuration. */
export function createApps(options: {
  database: Database;
  secrets: Secrets;
  settings: InstallationSettings;
  clock?: Clock;
}): Apps {
  const { database, secrets, settings, clock = systemClock } = options;

  function installation(connector: Connector): ConnectorApp {
    const own = settingsOf(settings, connector, null);
    return { id: null, identity: installationIdentity(connector, own), settings: own };
  }

  async function opened(connector: Connector, row: AppRow): Promise<ConnectorApp> {
    const values = await valuesOf(row);
    return {
      id: row.id,
      identity: row.identity,
      settings: settingsOf(settings, connector, values),
    };
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

  async function view(workspaceId: string, connector: Connector): Promise<AppView | null> {
    const registration = registrationOf(connector);
    if (!registration) return null;
    const row = await currentRow(workspaceId, connector);
    const values = row ? await valuesOf(row) : textsOf(settings[connector.id] ?? {});
    const missing = missingOf(registration, values);
    const isSet = registration.fields.some(({ key }) => values[key]);
    return {
      source: row ? "workspace" : isSet ? "installation" : "none",
      consoleUrl: registration.consoleUrl,
      fields: registration.fields.map((field) => ({
        ...field,
        isSet: Boolean(values[field.key]),
        hint: hintOf(field, values[field.key] ?? ""),
      })),
      missing,
      findings: lintApp(registration.fields, values).map((finding) => ({ ...finding, cleaned: null })),
      secretEndsAt: row?.secretEndsAt ?? null,
      updatedAt: row?.updatedAt ?? null,
    };
  }

  async function save(actor: Actor, connector: Connector, given: AppValues): Promise<AppView> {
    const { workspaceId } = actor;
    const registration = neededRegistration(connector);
    refuseUnknown(registration, given.values);
    const former = await currentRow(workspaceId, connector);
    const formerValues = former ? await valuesOf(former) : {};
    const values = mergedValues(registration, given.values, formerValues);
    if (!given.despite) refuseFindings(lintApp(registration.fields, given.values));
    refuseMissing(registration, values);
    refuseUnreadable(connector, registration, settingsOf(settings, connector, null), values);
    const identity = identityOf(registration, values) ?? "";
    const at = clock.now();
    await database
      .inWorkspace(workspaceId, async (tx) => {
        const row = await lockCurrentApp(tx, workspaceId, connector.id);
        const isSame = row?.identity === identity;
        const id = isSame ? row.id : newId();
        const sealedValues = await secrets.seal(appValuesColumn({ workspaceId, id }), JSON.stringify(values));
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
        await recordEvent(tx, {
          actor,
          action: isSame ? "app.changed" : "app.set",
          target: { kind: "app", id },
          details: { connector: connector.id, secretEndsAt: secretEndsAt?.toISOString() ?? null },
        });
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw channelError("busy", "conflict", "Somebody else is changing this app; look again.");
      });
    const stored = await view(workspaceId, connector);
    if (stored) return stored;
    throw channelError("no_app", "invalid", `${connector.name} needs no app.`);
  }

  async function remove(actor: Actor, connector: Connector): Promise<void> {
    neededRegistration(connector);
    await database.inWorkspace(actor.workspaceId, async (tx) => {
      const row = await lockCurrentApp(tx, actor.workspaceId, connector.id);
      if (!row) throw channelError("no_app", "not_found", "This workspace has no app of its own there.");
      await retireApp(tx, actor.workspaceId, row.id, clock.now());
      await recordEvent(tx, {
        actor,
        action: "app.removed",
        target: { kind: "app", id: row.id },
        details: { connector: connector.id },
      });
    });
  }

  return {
    current,
    of: async (workspaceId, connector, appId) => {
      if (appId === null) return installation(connector);
      const [row] = await database.read(workspaceId, appQuery(workspaceId, appId));
      return row ? opened(connector, row) : installation(connector);
    },
    view,
    save,
    remove,
  };
}

/** Throws `channels.app_missing` where nobody has set up the app that the platform demands. */
export function refuseMissingApp(connector: Connector, app: ConnectorApp): void {
  const registration = registrationOf(connector);
  if (!registration) return;
  const missing = missingOf(registration, textsOf(app.settings));
  if (missing.length === 0) return;
  const labels = registration.fields.filter(({ key }) => missing.includes(key)).map(({ label }) => label);
  throw channelError(
    "app_missing",
    "unprocessable",
    `${connector.name} is not set up yet: ${labels.join(" and ")} of your app are missing. Register an app at ${registration.consoleUrl} and enter them under Channels, ${connector.name}, App.`,
  );
}

function neededRegistration(connector: Connector): AppRegistration {
  const registration = registrationOf(connector);
  if (registration) return registration;
  throw channelError("no_app", "invalid", `${connector.name} needs no app of your own.`);
}

function missingOf(registration: AppRegistration, values: Readonly<Record<string, string>>): string[] {
  return registration.fields.filter(({ key, required }) => required && !values[key]).map(({ key }) => key);
}

/** An id in full, a secret by its end alone, and by nothing where that would give away much of it. */
function hintOf(field: FormField, value: string): string | null {
  if (value === "") return null;
  if (field.kind !== "password") return value;
  return value.length >= 12 ? value.slice(-4) : null;
}

function mergedValues(
  { fields }: AppRegistration,
  given: Readonly<Record<string, string>>,
  former: Readonly<Record<string, string>>,
): Record<string, string> {
  const keepsSecrets = fields.every(
    ({ key, kind, required }) =>
      kind === "password" || !required || (given[key] ?? "") === (former[key] ?? ""),
  );
  return Object.fromEntries(
    fields.flatMap(({ key, kind }) => {
      const entered = given[key] ?? "";
      // Another app has another secret, so only that of the same app is kept.
      const value = entered === "" && kind === "password" && keepsSecrets ? (former[key] ?? "") : entered;
      // What is left empty is as the configuration says.
      return value === "" ? [] : [[key, value]];
    }),
  );
}

function refuseUnknown({ fields }: AppRegistration, values: Readonly<Record<string, string>>): void {
  const problems = Object.entries(values).flatMap(([key, value]) => {
    const path = `/values/${key}`;
    const field = fields.find((known) => known.key === key);
    if (!field) return [{ path, code: "app.unknown", message: "An app there has no such field." }];
    if (value.length > longestValue) {
      return [{ path, code: "app.too_long", message: `${field.label} is far too long.` }];
    }
    if (field.kind === "choice" && value !== "" && !field.choices.includes(value)) {
      const message = `${field.label} is one of: ${field.choices.join(", ")}.`;
      return [{ path, code: "app.choice", message }];
    }
    return [];
  });
  if (problems.length > 0) throw wrongApp(problems);
}

function refuseMissing(registration: AppRegistration, values: Readonly<Record<string, string>>): void {
  const missing = missingOf(registration, values);
  const fields = registration.fields.filter(({ key }) => missing.includes(key));
  if (fields.length === 0) return;
  throw wrongApp(
    fields.map(({ key, label }) => ({
      path: `/values/${key}`,
      code: "app.required",
      message: `${label} is missing.`,
    })),
  );
}

/** A limit or a version that its connector cannot read would be found out only when something is published. */
function refuseUnreadable(
  connector: Connector,
  { fields }: AppRegistration,
  installation: JsonObject,
  values: Readonly<Record<string, string>>,
): void {
  if (!isReadable(connector, installation)) return;
  const wrong = fields.filter(
    ({ key }) => values[key] && !isReadable(connector, { ...installation, [key]: values[key] }),
  );
  if (wrong.length === 0) return;
  throw wrongApp(
    wrong.map(({ key, label, help }) => ({
      path: `/values/${key}`,
      code: "app.unreadable",
      message: `${connector.name} cannot be used with this ${label}. ${help}`,
    })),
  );
}

function isReadable(connector: Connector, settings: JsonObject): boolean {
  try {
    connector.quotas(settings);
    connector.apiVersion?.(settings);
    return true;
  } catch (error) {
    if (error instanceof ConnectorFailure) return false;
    throw error;
  }
}

function openOf({ fields }: AppRegistration, values: Readonly<Record<string, string>>): JsonObject {
  const secrets = new Set(fields.filter(({ kind }) => kind === "password").map(({ key }) => key));
  return Object.fromEntries(Object.entries(values).filter(([key]) => !secrets.has(key)));
}

function refuseFindings(findings: AppFinding[]): void {
  if (findings.length === 0) return;
  throw wrongApp(findings.map(({ field, code, message }) => ({ path: `/values/${field}`, code, message })));
}

function wrongApp(problems: { path: string; code: string; message: string }[]) {
  return channelError("wrong_app", "invalid", "Some values need another look.", { problems });
}
