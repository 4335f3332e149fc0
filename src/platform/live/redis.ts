import { Redis } from "ioredis";
import type { Carrier, CarrierOptions } from "./carrier.ts";

const channel = "galley:news";
const longestPauseMs = 10_000;

/** By Redis: for many processes, where each NOTIFY would make every commit wait for the one before. */
export function throughRedis({ redisUrl, log }: { redisUrl: string; log: CarrierOptions["log"] }): Carrier {
  function connect(): Redis {
    const redis = new Redis(redisUrl, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(250 * times, longestPauseMs),
    });
    redis.on("error", (error) =>
      log.warn({ err: error }, "redis carries no news; open pages ask for themselves"),
    );
    return redis;
  }
  const sender = connect();
  let isConnected = false;

  return {
    async send(workspaceIds) {
      if (!isConnected) {
        isConnected = true;
        await sender.connect().catch(() => undefined);
      }
      // What Redis misses is read when it is back, or asked for by the page.
      await Promise.all(
        workspaceIds.map((workspaceId) => sender.publish(channel, workspaceId).catch(() => undefined)),
      );
    },
    async listen(onNews) {
      const listener = connect();
      listener.on("message", (_channel, workspaceId: string) => onNews(workspaceId));
      // Subscriptions are renewed by the client; what was told in between has been missed.
      listener.on("ready", () => {
        void listener.subscribe(channel).then(
          () => onNews(null),
          () => undefined,
        );
      });
      await listener.connect().catch(() => undefined);
      return { stop: async () => listener.disconnect() };
    },
    close: async () => sender.disconnect(),
  };
}
