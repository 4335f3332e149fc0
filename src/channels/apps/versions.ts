import type { ApiVersion, Connector } from "#connectors";
import { GalleyError, type JsonObject } from "#kit";
import type { ChannelDeps } from "../deps.ts";
import { appsInUseQuery } from "../model/channels.store.ts";

/**
 * The versions of a platform's API that a workspace speaks: by the apps that its channels were connected with,
 * or by the one that new channels get where there is none. Settings that the connector refuses, and an app
 * under a foreign GALLEY_KEY, tell of none: the doctor tells of both.
 */
export async function versionsInUse(
  { apps, database }: Pick<ChannelDeps, "apps" | "database">,
  workspaceId: string,
  connector: Connector,
): Promise<ApiVersion[]> {
  const { apiVersion } = connector;
  if (apiVersion === null) return [];
  const rows = await database.read(workspaceId, appsInUseQuery(workspaceId, connector.id));
  const wanted = rows.map(
    ({ appId }) =>
      async () =>
        apps.of(workspaceId, connector, appId),
  );
  if (wanted.length === 0) wanted.push(async () => apps.current(workspaceId, connector));
  const versions = new Map<string, ApiVersion>();
  for (const ask of wanted) {
    const version = await readable(ask, apiVersion);
    if (version) versions.set(version.name, version);
  }
  return [...versions.values()];
}

async function readable(
  ask: () => Promise<{ settings: JsonObject }>,
  apiVersion: (settings: JsonObject) => ApiVersion,
): Promise<ApiVersion | null> {
  try {
    return apiVersion((await ask()).settings);
  } catch (error) {
    if (error instanceof GalleyError) return null;
    throw error;
  }
}
