import type { Connector, ConnectorContext, ConnectorHttp, ConnectorMail, Credentials } from "#connectors";
import { transportFailure } from "#connectors";
import type { JsonObject } from "#kit";
import type { HttpClient } from "#platform/http-client";
import { EgressError } from "#platform/http-client";

/** The ways out of Galley that a connector may use, as arguments. */
export type Ways = {
  http: HttpClient;
  mail: ConnectorMail;
  /** Settings by connector id: base addresses, client ids, versions. */
  settings: Readonly<Record<string, JsonObject>>;
};

/** One request per socket, and every broken connection told as a verdict. */
function connectorHttp(http: HttpClient, signal: AbortSignal): ConnectorHttp {
  const single = http.connectorHttp({ signal });
  return {
    async request(request) {
      try {
        return await single.request(request);
      } catch (error) {
        throw error instanceof EgressError ? transportFailure(error) : error;
      }
    },
  };
}

/** What a connector gets for one piece of work; `signal` ends every call made with it. */
export function contextFor(
  ways: Ways,
  connector: Connector,
  account: { credentials: Credentials; accountId: string },
  signal: AbortSignal,
): ConnectorContext {
  return {
    http: connectorHttp(ways.http, signal),
    mail: ways.mail,
    credentials: account.credentials,
    accountId: account.accountId,
    settings: ways.settings[connector.id] ?? {},
    signal,
  };
}
