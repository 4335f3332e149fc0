import type { Connector } from "#connectors";
import type { Actor, Clock } from "#kit";
import { systemClock } from "#kit";
import type { Database } from "#platform/db";
import type { Secrets } from "#platform/secrets";
import { createAppReader } from "./app-reader.ts";
import type { AppValues, AppView, ConnectorApp } from "./app.ts";
import type { InstallationSettings } from "./connector-settings.ts";
import { removeApp, saveApp } from "./save-app.ts";

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

/** Apps of platforms: client ids and secrets of a workspace, sealed, beside those of the configuration. */
export function createApps(options: {
  database: Database;
  secrets: Secrets;
  settings: InstallationSettings;
  clock?: Clock;
}): Apps {
  const { database, secrets, settings, clock = systemClock } = options;
  const reader = createAppReader({ database, secrets, settings });
  const deps = { database, secrets, settings, clock, reader };
  return {
    current: reader.current,
    of: reader.of,
    view: reader.view,
    save: (actor, connector, given) => saveApp(deps, actor, { connector, given }),
    remove: (actor, connector) => removeApp(deps, actor, connector),
  };
}
