import type { AppRegistration, Connector } from "#connectors";
import type { JsonObject } from "#kit";
import { contentHash } from "#kit";

/** What a team registers with the platform; null where nothing is. */
export function registrationOf(connector: Connector): AppRegistration | null {
  return connector.connect.kind === "oauth" ? connector.connect.app : null;
}

/** Settings hold more than texts: lists, objects, numbers. An id that was written as a number is one. */
export function textsOf(settings: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) =>
      typeof value === "string" || typeof value === "number" ? [[key, String(value)]] : [],
    ),
  );
}

/** Tells one app from another; null where no value that is no secret is set. */
export function identityOf(
  registration: AppRegistration,
  values: Readonly<Record<string, string>>,
): string | null {
  // What is optional, as the version of an API, may change without another app.
  const open = registration.fields
    .filter(({ kind, required }) => required && kind !== "password")
    .map(({ key }) => key);
  const set = Object.fromEntries(open.filter((key) => values[key]).map((key) => [key, values[key] ?? ""]));
  return Object.keys(set).length === 0 ? null : contentHash(set).slice(0, 32);
}

/** Of the app that the configuration names; null where it names none, or none is needed. */
export function installationIdentity(connector: Connector, settings: JsonObject): string | null {
  const registration = registrationOf(connector);
  return registration ? identityOf(registration, textsOf(settings)) : null;
}
