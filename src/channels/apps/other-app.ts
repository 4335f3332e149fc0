import type { Connector } from "#connectors";
import type { ChannelDeps } from "../deps.ts";
import { findChannel } from "../model/find.ts";
import { registrationOf } from "./app-identity.ts";

/** True where the configuration names another app now than the channel was connected with. */
export async function isOtherApp(
  { database, apps }: Pick<ChannelDeps, "database" | "apps">,
  connector: Connector,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<boolean> {
  if (registrationOf(connector) === null) return false;
  const row = await findChannel(database, workspaceId, id);
  // Connected before apps were told apart.
  if (row.appId === null && row.appIdentity === null) return false;
  return (await apps.of(workspaceId, connector, row.appId)).identity !== row.appIdentity;
}
