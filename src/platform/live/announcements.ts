import type { Carrier, CarrierOptions, NewsListener } from "./carrier.ts";
import { throughPostgres } from "./postgres.ts";

/**
 * Tells all processes that there is something new. It carries no content and may lose what it tells: whoever listens
 * reads the tables from where it has read to, and once more for null.
 */
export type Announcements = {
  announce(workspaceIds: readonly string[]): Promise<void>;
  /** Listens until the returned function is called. The connection for it is made with the first listener. */
  onNews(listener: NewsListener): () => void;
  close(): Promise<void>;
};

export type AnnouncementsOptions = CarrierOptions & {
  /** Where set, Redis carries them; else the database does. */
  redisUrl: string | null;
};

/** Redis and its client are loaded where they are set. */
async function carrierOf({ database, databaseUrl, redisUrl, log }: AnnouncementsOptions): Promise<Carrier> {
  if (redisUrl === null) return throughPostgres({ database, databaseUrl, log });
  const { throughRedis } = await import("./redis.ts");
  return throughRedis({ redisUrl, log });
}

/** Nothing connects before it is used. */
export function createAnnouncements(options: AnnouncementsOptions): Announcements {
  const listeners = new Set<NewsListener>();
  let carrier: Promise<Carrier> | null = null;
  let listening: Promise<{ stop: () => Promise<void> }> | null = null;

  function carry(): Promise<Carrier> {
    carrier ??= carrierOf(options);
    return carrier;
  }

  function tell(workspaceId: string | null): void {
    for (const listener of listeners) listener(workspaceId);
  }

  return {
    async announce(workspaceIds) {
      if (workspaceIds.length > 0) await (await carry()).send([...new Set(workspaceIds)]);
    },
    onNews(listener) {
      listeners.add(listener);
      listening ??= carry().then((ready) => ready.listen(tell));
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      await (await listening)?.stop();
      await (await carrier)?.close();
    },
  };
}
