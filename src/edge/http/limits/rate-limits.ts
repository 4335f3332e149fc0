import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import ipaddr from "ipaddr.js";
import { addGauge, type Metrics } from "#platform/metrics";
import { HttpError } from "../errors.ts";
import { createCounters } from "./rate-counters.ts";

export type RateLimitOptions = {
  /** Requests a minute from one person or address, where a route does not name a tighter limit. */
  perMinute: number;
  /** Shared counters for several servers; null keeps them in this process. */
  redisUrl: string | null;
  metrics: Metrics;
};

const windowMs = 60_000;

/**
 * Limits requests by the person who is signed in, else by the client's address. Counted after it is known who asks,
 * and before anything is refused, so that refusals count too.
 */
export async function limitRates(app: FastifyInstance, options: RateLimitOptions): Promise<void> {
  const counters = await createCounters({ redisUrl: options.redisUrl, log: app.log });
  app.addHook("onClose", () => counters.close());
  if (options.redisUrl !== null) {
    const help = "1 while requests are counted in Redis for all servers, 0 while each counts its own";
    addGauge(options.metrics, { name: "galley_rate_limits_shared", help }, async () => [
      { value: counters.isShared() ? 1 : 0 },
    ]);
  }
  await app.register(rateLimit, {
    global: false,
    max: options.perMinute,
    timeWindow: windowMs,
    enableDraftSpec: true,
    store: counters.Store,
    keyGenerator: counterOf,
    errorResponseBuilder: (_request, context) =>
      new HttpError({
        code: "http.rate_limited",
        kind: "rate_limited",
        message: `Too many requests; at most ${context.max} a minute are answered here. Wait a moment.`,
        retryable: true,
        retryAfterSeconds: Math.max(1, Math.ceil(context.ttl / 1000)),
        security: { event: "excess_rate_limit_exceeded", details: { perMinute: context.max } },
      }),
  });

  const limiters = new Map<number, onRequestAsyncHookHandler>();
  function limiterOf(max: number): onRequestAsyncHookHandler {
    const limiter = limiters.get(max) ?? app.rateLimit({ max });
    limiters.set(max, limiter);
    return limiter;
  }
  app.addHook("onRequest", async (request, reply) => {
    const own = request.routeOptions.config.requestsPerMinute ?? options.perMinute;
    await limiterOf(Math.min(own, options.perMinute)).call(app, request, reply);
  });
}

/** What a request counts for: a route with a limit of its own, or all others together; of one person or address. */
function counterOf({ routeOptions, signedIn, method, ip }: FastifyRequest): string {
  const route = routeOptions.config.requestsPerMinute === undefined ? "all" : `${method} ${routeOptions.url}`;
  return `${route} ${signedIn ? `user ${signedIn.userId}` : `address ${networkOf(ip)}`}`;
}

const ipv4WithPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const ipv6WithPort = /^\[([^\]]+)\](?::\d{1,5})?$/;

/**
 * The network that one customer has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177 gives a site
 * no less). An IPv4 address inside of IPv6 is that one; ports, which some proxies append, do not count.
 */
export function networkOf(address: string): string {
  const bare = ipv4WithPort.exec(address)?.[1] ?? ipv6WithPort.exec(address)?.[1] ?? address;
  if (!ipaddr.isValid(bare)) return "unknown";
  const parsed = ipaddr.process(bare);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
