import type { ConnectorMail } from "#connectors";
import { createMailTransport } from "#platform/mail";

/** The real mail transport, allowed to reach the given `host:port` on loopback. */
export function contractMail(servers: string[]): ConnectorMail {
  return createMailTransport({ allowServers: servers });
}
