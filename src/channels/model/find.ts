import type { Connector, ConnectorRegistry } from "#connectors";
import type { Database } from "#platform/db";
import type { ChannelRow } from "./channels.store.ts";
import { findQuery } from "./channels.store.ts";
import { noSuchChannel, noSuchConnector } from "./errors.ts";

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
