import type { Connector, ConnectorRegistry } from "#connectors";
import { ConnectorFailure } from "#connectors";
import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { OutcomeLog } from "#platform/telemetry";
import type { Apps } from "../apps/apps.ts";
import type { ChannelRow } from "./channels.store.ts";
import { findQuery } from "./channels.store.ts";
import type { Ways } from "./context.ts";
import type { Custody } from "../tokens/custody.ts";
import { noSuchChannel, noSuchConnector, toldByPlatform } from "./errors.ts";

/** What the verbs of channels stand on. */
export type Parts = {
  database: Database;
  connectors: ConnectorRegistry;
  custody: Custody;
  apps: Apps;
  /** True where the configuration names another app now than the channel was connected with. */
  isOtherApp(connector: Connector, channel: { workspaceId: string; id: string }): Promise<boolean>;
  ways: Ways;
  clock: Clock;
  log: OutcomeLog;
};

/** How long a person waits for a platform while connecting or checking. */
export const patienceMs = 30_000;

/** Throws `channels.unknown_connector`. */
export function connectorOf(connectors: ConnectorRegistry, id: string): Connector {
  const connector = connectors.get(id);
  if (connector) return connector;
  throw noSuchConnector();
}

/** Throws `channels.not_found`, for another workspace's channel too. */
export async function findChannel(database: Database, workspaceId: string, id: string): Promise<ChannelRow> {
  const [row] = await database.read(workspaceId, findQuery(workspaceId, id));
  if (row) return row;
  throw noSuchChannel();
}

/** Runs calls to a platform for a person who waits; failures come back as `ChannelError`. */
export async function askPlatform<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ConnectorFailure ? toldByPlatform(error) : error;
  }
}
