import type { Connector } from "#connectors";
import type { JsonObject } from "#kit";

/** By connector: what the installation's configuration says. */
export type InstallationSettings = Readonly<Record<string, JsonObject>>;

/**
 * The settings with which a channel is published, without the secrets of an app of its workspace: the
 * installation's, and over them what the app says that the channel was connected with. For limits and
 * prices; whoever calls the platform gets its settings from `Channels.open`.
 */
export function settingsOf(
  installation: InstallationSettings,
  connector: Pick<Connector, "id">,
  appValues: JsonObject | null,
): JsonObject {
  return { ...installation[connector.id], ...appValues };
}
