import type {
  ConnectorContext,
  ConnectorHttp,
  ConnectorMail,
  ConnectorMarkdown,
  ConnectorSite,
} from "#connectors";
import { transportFailure } from "#connectors";
import type { JsonObject } from "#kit";
import type { HttpClient } from "#platform/http-client";
import { EgressError } from "#platform/http-client";

/** The ways out of Galley that a connector may use, as arguments. */
export type Transports = {
  http: HttpClient;
  mail: ConnectorMail;
  /** Galley's own pages of a workspace; undefined where none are served. */
  site?: ((workspaceId: string) => ConnectorSite) | undefined;
  markdown?: ConnectorMarkdown | undefined;
};

export type AccountAccess = Pick<ConnectorContext, "credentials" | "accountId" | "scopes"> & {
  workspaceId: string;
};

/** While connecting, before anything is known. */
export function noAccess(workspaceId: string): AccountAccess {
  return { workspaceId, credentials: {}, accountId: "", scopes: [] };
}

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
  transports: Transports,
  settings: JsonObject,
  account: AccountAccess,
  signal: AbortSignal,
): ConnectorContext {
  return {
    http: connectorHttp(transports.http, signal),
    mail: transports.mail,
    ...(transports.site ? { site: transports.site(account.workspaceId) } : {}),
    ...(transports.markdown ? { markdown: transports.markdown } : {}),
    credentials: account.credentials,
    accountId: account.accountId,
    scopes: account.scopes,
    settings,
    signal,
  };
}
