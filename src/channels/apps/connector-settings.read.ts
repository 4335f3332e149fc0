import { type RawBuilder, sql } from "kysely";
import type { Connector } from "#connectors";
import type { JsonObject } from "#kit";
import { installationIdentity } from "./app-identity.ts";
import type { InstallationSettings } from "./connector-settings.ts";

// Fragments for the queries of other features.

/** Of `channels c`: what its app says that is no secret; null without an app of the workspace. */
export const appValuesOfChannel: RawBuilder<JsonObject | null> = sql`(select app.open_values
  from platform_apps app where app.workspace_id = c.workspace_id and app.id = c.app_id)`;

/** Of `channels c`: the account's own limits as they are known, for `forAccount`. */
export const accountLimitsOfChannel: RawBuilder<JsonObject | null> = sql`c.account_limits`;

/** Of `channels c`: equal for those that share the limits of one app, in whichever workspaces they are. */
export function appOfChannel(installation: InstallationSettings, connector: Connector): RawBuilder<string> {
  // Channels that were connected before apps were told apart have no identity: theirs is the installation's.
  const identity = installationIdentity(connector, installation[connector.id] ?? {}) ?? "";
  return sql`coalesce(c.app_identity, c.app_id::text, ${identity}::text)`;
}
