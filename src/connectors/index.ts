import type { Connector } from "./contract.ts";
import { bluesky } from "./bluesky/index.ts";
import { email } from "./email/index.ts";
import { sandbox } from "./sandbox/index.ts";

export type * from "./contract.ts";
export { ConnectorFailure, transportFailure } from "./failure.ts";
export type { FailureDetails, Verdict } from "./failure.ts";

/** Every connector, by id. A new platform is one folder and one line here. */
const connectors: Connector[] = [sandbox, email, bluesky];

export type ConnectorRegistry = ReadonlyMap<string, Connector>;

export function connectorRegistry(list: Connector[] = connectors): ConnectorRegistry {
  return new Map(list.map((connector) => [connector.id, connector]));
}
