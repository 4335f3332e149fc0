import type { FastifyRateLimitStore } from "@fastify/rate-limit";
import type { FastifyBaseLogger } from "fastify";
import type { Redis } from "ioredis";

export type Counters = {
  /** What the plugin counts with. */
  Store: new () => FastifyRateLimitStore;
  /** Whether Redis counts at this moment. */
  isShared: () => boolean;
  close: () => void;
};

type Count = { current: number; ttl: number };

/** So many counters fit; beyond, those that began first are dropped. */
const most = 50_000;
/** Redis that did not answer is asked again after this time. */
const restMs = 1000;

/** Adds one, and lets the counter end with its window; also one that lost its end. */
const increment = `
local current = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {current, left}`;

/**
 * Counters of requests. This process always counts its own; with Redis, all servers count together there. Where Redis
 * is away or slow, the process's own count stands at once and goes on from where it is, so no limit falls open.
 */
export async function createCounters(options: {
  redisUrl: string | null;
  log: FastifyBaseLogger;
}): Promise<Counters> {
  const own = createOwnCounters();
  const redis = options.redisUrl === null ? null : await connect(options.redisUrl);
  /** Null until Redis has answered or failed for the first time. */
  let isShared: boolean | null = null;
  let restUntil = 0;

  function tell(shared: boolean, reason = ""): void {
    if (shared === isShared) return;
    const isFirst = isShared === null;
    isShared = shared;
    if (!shared) options.log.warn({ reason }, "redis is away: each server counts its own requests");
    else if (!isFirst) options.log.warn("redis is back: requests are counted together again");
  }

  function away(error: unknown): void {
    restUntil = Date.now() + restMs;
    tell(false, error instanceof Error ? error.message : String(error));
  }

  redis?.on("error", away);
  redis?.on("close", () => {
    if (isShared === true) away("its connection was closed");
  });
  redis?.on("ready", () => {
    restUntil = 0;
    tell(true);
  });
  // Its failure is an `error` event already.
  redis?.connect().catch(() => undefined);

  async function together(key: string, windowMs: number): Promise<Count | null> {
    if (redis?.status !== "ready" || Date.now() < restUntil) return null;
    try {
      const [current, ttl] = (await redis.eval(increment, 1, `galley:rate:${key}`, windowMs)) as number[];
      tell(true);
      return { current: current ?? 0, ttl: ttl ?? windowMs };
    } catch (error) {
      away(error);
      return null;
    }
  }

  async function count(key: string, windowMs: number): Promise<Count> {
    const mine = own(key, windowMs);
    const all = await together(key, windowMs);
    return all === null || all.current < mine.current ? mine : all;
  }

  class Store implements FastifyRateLimitStore {
    incr(key: string, done: (error: Error | null, result?: Count) => void, windowMs: number): void {
      void answer(count(key, windowMs), done);
    }

    child(): Store {
      return this;
    }
  }

  return { Store, isShared: () => isShared === true, close: () => redis?.disconnect() };
}

async function answer(counting: Promise<Count>, done: (error: Error | null, result?: Count) => void) {
  try {
    done(null, await counting);
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Fixed windows in memory; expired ones and, where there are too many, the oldest go first. */
function createOwnCounters(): (key: string, windowMs: number) => Count {
  const counters = new Map<string, { current: number; endsAt: number }>();

  return (key, windowMs) => {
    const now = Date.now();
    let counter = counters.get(key);
    if (counter === undefined || counter.endsAt <= now) {
      // To the end, so that the map stays in the order of their ends.
      counters.delete(key);
      counter = { current: 0, endsAt: now + windowMs };
      counters.set(key, counter);
      for (const [other, { endsAt }] of counters) {
        if (endsAt > now && counters.size <= most) break;
        counters.delete(other);
      }
    }
    counter.current += 1;
    return { current: counter.current, ttl: counter.endsAt - now };
  };
}

async function connect(url: string): Promise<Redis> {
  // Most installations run without it.
  const { Redis } = await import("ioredis");
  return new Redis(url, {
    connectTimeout: 500,
    commandTimeout: 250,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    lazyConnect: true,
  });
}
