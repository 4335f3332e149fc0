import { type InstallationSettings, settingsOf } from "#channels";
import { type Connector, ConnectorFailure, type Quota } from "#connectors";
import type { JsonObject } from "#kit";
import type { DeliveryLog } from "../deps.ts";

/** What a platform takes from an app, by what that says openly; null: the installation's. */
export type Quotas = (appValues: JsonObject | null) => readonly Quota[];

/**
 * The quotas of a connector, app by app. Settings that it refuses count as none: they refuse to prepare as
 * well, with words for a person, and must hold back nothing of anybody else.
 */
export function connectorQuotas(
  connector: Connector,
  installation: InstallationSettings,
  log: DeliveryLog,
): Quotas {
  return (appValues) => {
    try {
      return connector.quotas(settingsOf(installation, connector, appValues));
    } catch (error) {
      if (!(error instanceof ConnectorFailure)) throw error;
      log.warn({ err: error, connector: connector.id }, "the settings of a connector are refused");
      return [];
    }
  };
}
