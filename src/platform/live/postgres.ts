import { listenTo, notify } from "#platform/db";
import type { Carrier, CarrierOptions } from "./carrier.ts";

const channel = "galley_news";

/** By NOTIFY: without another service, and lost only with the connection that listens. */
export function throughPostgres({ database, databaseUrl, log }: CarrierOptions): Carrier {
  return {
    send: (workspaceIds) => notify(database.system, channel, workspaceIds),
    listen: async (onNews) =>
      listenTo({
        url: databaseUrl,
        channel,
        onMessage: onNews,
        onListening: () => onNews(null),
        onError: (error) =>
          log.warn({ err: error }, "nothing is heard of news; open pages ask for themselves"),
      }),
    close: async () => undefined,
  };
}
