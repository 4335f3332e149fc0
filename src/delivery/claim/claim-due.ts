import type { InstallationSettings } from "#channels";
import type { ConnectorRegistry } from "#connectors";
import type { Database } from "#platform/db";
import type { DeliveryLog, Epochs, Lease } from "../deps.ts";
import type { Claimed } from "../model/claimed.ts";
import { dueConnectors } from "./claim-quota.store.ts";
import { claimWithinQuotas, type Counting } from "./claim-quota.ts";
import { claimDue } from "./claim.store.ts";
import { connectorQuotas } from "./connector-quotas.ts";
import { type Lane, roundRobin } from "./round-robin.ts";

/** Takes up to `limit` due deliveries, none of `busyChannels`. */
export type Claim = (limit: number, busyChannels: string[]) => Promise<Claimed[]>;

type ClaimDeps = {
  database: Database;
  connectors: ConnectorRegistry;
  /** From which the quotas of connectors follow. */
  connectorSettings: InstallationSettings;
  log: DeliveryLog;
  lease: Lease;
  epochs: Epochs;
};

/** Claims what is due so that no platform that always has more leaves the others nothing. */
export function createClaim({ database, lease, epochs, ...quotas }: ClaimDeps): Claim {
  const counting = countingConnectors(quotas);
  const exceptConnectors = [...counting.keys()];
  const takeFrom = roundRobin<Claimed>();

  return async function claim(limit, busyChannels) {
    // Nothing is sent before database and data folder were compared.
    if (epochs.lastEpoch() === 0) await epochs.advanceEpoch();
    const upTo = (most: number) => ({ limit: most, busyChannels, ...lease, lastEpoch: epochs.lastEpoch() });
    const due = await dueConnectors(database.system, exceptConnectors);
    const lanes = due.flatMap((id): Lane<Claimed>[] => {
      const counted = counting.get(id);
      return counted ? [(most) => claimWithinQuotas(database.system, counted, upTo(most))] : [];
    });
    lanes.push((most) => claimDue(database.system, { ...upTo(most), exceptConnectors }));
    return takeFrom(lanes, limit);
  };
}

/** Whether a platform counts at all is told by the installation's settings; an app changes the numbers. */
function countingConnectors({
  connectors,
  connectorSettings: settings,
  log,
}: Pick<ClaimDeps, "connectors" | "connectorSettings" | "log">): Map<string, Counting> {
  return new Map(
    [...connectors.values()]
      .map((connector) => ({ connector, settings, quotas: connectorQuotas(connector, settings, log) }))
      .filter(({ quotas }) => quotas(null).length > 0)
      .map((one) => [one.connector.id, one] as const),
  );
}
