import type { ConnectorHttp } from "#connectors";
import { transportFailure } from "#connectors";
import { createHttpClient, EgressError } from "#platform/http-client";

/** The real way out, allowed to reach the given loopback origins, as connectors get it. */
export function contractHttp(origins: string[], signal: AbortSignal, timeoutMs = 10_000): ConnectorHttp {
  const http = createHttpClient({ allowOrigins: origins }).connectorHttp({ signal, timeoutMs });
  return {
    async request(request) {
      try {
        return await http.request(request);
      } catch (error) {
        if (error instanceof EgressError) throw transportFailure(error);
        throw error;
      }
    },
  };
}

/** An origin on which nothing listens. Port 9 is discard, which no test machine runs. */
export const nowhere = "http://127.0.0.1:9";
