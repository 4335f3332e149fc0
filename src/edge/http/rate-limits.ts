import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import type { Redis } from "ioredis";
import { HttpError } from "./errors.ts";

export type RateLimitOptions = {
  /** Requests a minute from one address, where a route does not name a tighter limit. */
  perMinute: number;
  /** Shared counters for several servers; null keeps them in this process. */
  redisUrl: string | null;
};

/** Limits requests by the client's address. With Redis out of reach it lets requests through and goes on. */
export async function limitRates(app: FastifyInstance, options: RateLimitOptions): Promise<void> {
  const redis = options.redisUrl === null ? null : await connect(options.redisUrl, app);
  if (redis) app.addHook("onClose", () => redis.disconnect());
  // Before the plugin, whose own hook reads `config.rateLimit`.
  app.addHook("onRoute", (route) => {
    const perMinute = route.config?.requestsPerMinute;
    if (route.config && perMinute !== undefined) {
      const max = Math.min(perMinute, options.perMinute);
      route.config.rateLimit = { max, groupId: `${String(route.method)} ${route.url}` };
    }
  });
  await app.register(rateLimit, {
    global: false,
    max: options.perMinute,
    timeWindow: 60_000,
    cache: 10_000,
    enableDraftSpec: true,
    skipOnError: true,
    nameSpace: "galley:rate:",
    ...(redis ? { redis } : {}),
    errorResponseBuilder: (_request, context) =>
      new HttpError({
        code: "http.rate_limited",
        kind: "rate_limited",
        message: `Too many requests; at most ${context.max} a minute are answered here. Wait a moment.`,
        retryable: true,
        retryAfterSeconds: Math.max(1, Math.ceil(context.ttl / 1000)),
      }),
  });
  // A hook of the server runs before those of a route, and so before the session check.
  const general = app.rateLimit();
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.requestsPerMinute === undefined) await general.call(app, request, reply);
  });
}

async function connect(url: string, app: FastifyInstance): Promise<Redis> {
  // Most installations run without it.
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    connectTimeout: 500,
    commandTimeout: 250,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    lazyConnect: true,
  });
  redis.on("error", (error: Error) => app.log.warn({ error: error.message }, "redis cannot be reached"));
  // Its failure is an `error` event already.
  redis.connect().catch(() => undefined);
  return redis;
}
