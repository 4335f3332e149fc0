import type { FormField } from "#connectors";
import type { JsonObject } from "#kit";
import type { AppFinding } from "./app-lint.ts";

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
