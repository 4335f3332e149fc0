import type { AppRegistration, Connector, FormField } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { JsonObject } from "#kit";
import { channelError } from "../model/errors.ts";
import { registrationOf, textsOf } from "./app-identity.ts";
import type { AppFinding } from "./app-lint.ts";
import type { ConnectorApp } from "./app.ts";

const longestValue = 4000;

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

export function neededRegistration(connector: Connector): AppRegistration {
  const registration = registrationOf(connector);
  if (registration) return registration;
  throw channelError("no_app", "invalid", `${connector.name} needs no app of your own.`);
}

export function missingOf(registration: AppRegistration, values: Readonly<Record<string, string>>): string[] {
  return registration.fields.filter(({ key, required }) => required && !values[key]).map(({ key }) => key);
}

/** An id in full, a secret by its end alone, and by nothing where that would give away much of it. */
export function hintOf(field: FormField, value: string): string | null {
  if (value === "") return null;
  if (field.kind !== "password") return value;
  return value.length >= 12 ? value.slice(-4) : null;
}

export function mergedValues(
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

export function refuseUnknown({ fields }: AppRegistration, values: Readonly<Record<string, string>>): void {
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

export function refuseMissing(registration: AppRegistration, values: Readonly<Record<string, string>>): void {
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
export function refuseUnreadable(
  connector: Connector,
  { fields }: AppRegistration,
  { installation, values }: { installation: JsonObject; values: Readonly<Record<string, string>> },
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

export function openOf({ fields }: AppRegistration, values: Readonly<Record<string, string>>): JsonObject {
  const secrets = new Set(fields.filter(({ kind }) => kind === "password").map(({ key }) => key));
  return Object.fromEntries(Object.entries(values).filter(([key]) => !secrets.has(key)));
}

export function refuseFindings(findings: AppFinding[]): void {
  if (findings.length === 0) return;
  throw wrongApp(findings.map(({ field, code, message }) => ({ path: `/values/${field}`, code, message })));
}

function wrongApp(problems: { path: string; code: string; message: string }[]) {
  return channelError("wrong_app", "invalid", "Some values need another look.", { problems });
}
