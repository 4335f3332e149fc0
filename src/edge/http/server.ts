import compress from "@fastify/compress";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { constants } from "node:zlib";
import type { Identity } from "#identity";
import { sessionRoutes } from "#identity/routes";
import type { Installation } from "#installation";
import { installationRoutes } from "#installation/routes";
import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { Health } from "#platform/health";
import type { Metrics } from "#platform/metrics";
import { withLogContext } from "#platform/telemetry";
import type { App } from "#platform/wire";
import type { Workspaces } from "#workspaces";
import { memberRoutes, workspaceRoutes } from "#workspaces/routes";
import { guardRoutes } from "./access.ts";
import { serveDashboard } from "./dashboard.ts";
import { serveDocs } from "./docs.routes.ts";
import { setSecurityHeaders } from "./headers.ts";
import { healthRoutes } from "./health.routes.ts";
import { honourIdempotencyKeys } from "./idempotency.ts";
import { acceptJsonBodies } from "./json-body.ts";
import { describeApi } from "./openapi.ts";
import { problemOf } from "./problems.ts";
import { limitRates } from "./rate-limits.ts";
import { requestIdOf } from "./request-id.ts";
import { createSerializerCompiler, createValidatorCompiler } from "./schemas.ts";

export type ServerOptions = {
  /** The address in the browser; https makes cookies `Secure` and turns HSTS on. */
  publicUrl: string;
  /** Shared rate limits; null keeps them in this process. */
  redisUrl: string | null;
  /** Requests a minute from one address. */
  requestsPerMinute: number;
  /** Believe `X-Forwarded-For` of the proxy in front. */
  trustProxy: boolean;
  /** The built dashboard. */
  dashboardDirectory: string;
  version: string;
};

export type ServerParts = {
  options: ServerOptions;
  logger: FastifyBaseLogger;
  database: Database;
  clock: Clock;
  identity: Identity;
  installation: Installation;
  workspaces: Workspaces;
  health: Health;
  /** Registers the features' routes below `/api/v1`. */
  register: (app: App) => void | Promise<void>;
  /** Registers what is served outside the versioned API, such as media. */
  registerOutside?: (app: App) => void | Promise<void>;
  metrics: Metrics;
};

/** JSON bodies; uploads have limits of their own. An article of 5 MB fits with room for its escapes. */
const bodyLimit = 8 * 1024 * 1024;

/** The HTTP server, ready to `listen` or to be tested with `inject`. */
export async function createServer(parts: ServerParts): Promise<App> {
  const { options, identity, installation, workspaces, database, clock } = parts;
  const app: FastifyInstance = Fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // The log context carries the ids of a request already; a logger for each would say them twice.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: options.trustProxy,
    bodyLimit,
    requestTimeout: 120_000,
    keepAliveTimeout: 65_000,
    return503OnClosing: true,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(createValidatorCompiler());
  app.setSerializerCompiler(createSerializerCompiler());
  acceptJsonBodies(app);
  answerProblems(app);
  traceRequests(app, parts.metrics);

  await setSecurityHeaders(app, options);
  await app.register(compress, {
    global: true,
    threshold: 1024,
    // The default of 11 costs more time than it saves for answers that are made once.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  await limitRates(app, { perMinute: options.requestsPerMinute, redisUrl: options.redisUrl });
  guardRoutes(app, { identity, installation, publicUrl: options.publicUrl });
  honourIdempotencyKeys(app, { database, clock });
  await describeApi(app, options);
  healthRoutes(app, { health: parts.health });
  await serveDocs(app);

  const wired = app.withTypeProvider() as App;
  await wired.register(
    async (api: App) => {
      // An answer is about one person at one moment.
      api.addHook("onSend", async (_request, reply, payload) => {
        if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
        return payload;
      });
      sessionRoutes(api, { identity });
      installationRoutes(api, { installation });
      workspaceRoutes(api, { identity, installation, workspaces });
      memberRoutes(api, { workspaces });
      await parts.register(api);
    },
    { prefix: "/api/v1" },
  );
  await parts.registerOutside?.(wired);
  await serveDashboard(app, { directory: options.dashboardDirectory });
  return wired;
}

/** Every error leaves as a problem document; what we did not expect goes to the log with its cause. */
function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { document, retryAfterSeconds, expected } = problemOf(error, request.id);
    if (!expected) request.log.error({ err: error }, "a request failed");
    else if (document.status === 503) request.log.warn({ err: error }, "a request could not be served");
    if (retryAfterSeconds !== null) reply.header("retry-after", retryAfterSeconds);
    return reply
      .code(document.status)
      .header("cache-control", "no-store")
      .type("application/problem+json")
      .serializer(String)
      .send(JSON.stringify(document));
  });
}

/** Gives every request its id, in the answer and in each of its log lines, and measures it. */
function traceRequests(app: FastifyInstance, { httpRequests }: Metrics): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    withLogContext({ requestId: request.id }, done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { method } = request;
    // The pattern, never the path: ids are no labels.
    const route = request.routeOptions.url ?? "none";
    const status = reply.statusCode;
    httpRequests.observe({ method, route, status }, reply.elapsedTime / 1000);
    request.log.info({ method, route, status, ms: Math.round(reply.elapsedTime) }, "request");
    done();
  });
}
