import type { Server } from "node:http";
import { constants } from "node:zlib";
import compress from "@fastify/compress";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Identity } from "#identity";
import type { Installation } from "#installation";
import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { Health } from "#platform/health";
import type { Metrics } from "#platform/metrics";
import type { SecurityLog } from "#platform/security-log";
import { withLogContext } from "#platform/telemetry";
import type { App } from "#platform/wire";
import { guardRoutes, mayLookInside, recognisePeople } from "./access/access.ts";
import { keepDoor } from "./access/door.ts";
import { serveDashboard } from "./dashboard.ts";
import { serveDocs } from "./docs/docs.routes.ts";
import { describeApi } from "./docs/openapi.ts";
import { setSecurityHeaders } from "./headers.ts";
import { healthRoutes } from "./health.routes.ts";
import { honourIdempotencyKeys } from "./idempotency/idempotency.ts";
import { acceptJsonBodies, refuseBrokenAddresses } from "./input/json-body.ts";
import { createSerializerCompiler, createValidatorCompiler } from "./input/schemas.ts";
import { limitRates } from "./limits/rate-limits.ts";
import { answerUnreadable, createProblemAnswer } from "./problems/answers.ts";
import { noteRefusal } from "./problems/security-notes.ts";
import { requestIdOf } from "./request-id.ts";

export type ServerOptions = {
  /** The address in the browser; https makes cookies `Secure` and turns HSTS on. */
  publicUrl: string;
  /** Shared rate limits; null keeps them in this process. */
  redisUrl: string | null;
  /** Names besides that of `publicUrl` under which people open it, each with or without a port. */
  hosts?: readonly string[];
  /** Lets programs read the metrics and the details of readiness; null: none. */
  metricsToken?: string | null;
  /** Lets somebody who is not on this machine set up; null: nobody. */
  setUpToken?: string | null;
  /** Requests a minute from one person or address. */
  requestsPerMinute: number;
  /** Whose `X-Forwarded-For` is believed: so many proxies in front, or those in these networks. */
  trustProxy: false | number | readonly string[];
  /** The built dashboard. */
  dashboardDirectory: string;
  version: string;
};

export type ServerDeps = {
  options: ServerOptions;
  logger: FastifyBaseLogger;
  database: Database;
  clock: Clock;
  identity: Identity;
  installation: Installation;
  health: Health;
  /** Registers the features' routes below `/api/v1`. */
  register: (app: App) => void | Promise<void>;
  /** Registers what is served outside the versioned API, such as media. */
  registerOutside?: (app: App) => void | Promise<void>;
  metrics: Metrics;
  /** Is told of every refusal that concerns who may do what. */
  securityLog: SecurityLog;
};

/** JSON bodies; uploads have limits of their own. An article of 5 MB fits with room for its escapes. */
const bodyLimit = 8 * 1024 * 1024;

/** The HTTP server, ready to `listen` or to be tested with `inject`. */
export async function createServer(deps: ServerDeps): Promise<App> {
  const { options, identity, installation, database, clock } = deps;
  const { publicUrl, hosts = [], metricsToken = null, setUpToken = null } = options;
  const { securityLog } = deps;
  const answerProblem = createProblemAnswer(publicUrl, (error, request) =>
    noteRefusal({ identity, securityLog }, error, request),
  );
  const app: FastifyInstance = Fastify<Server>({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // The log context carries the ids of a request already; a logger for each would say them twice.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustedBy(options.trustProxy),
    bodyLimit,
    requestTimeout: 120_000,
    keepAliveTimeout: 65_000,
    return503OnClosing: true,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
    // A request without a name is refused by us, with our words.
    http: { requireHostHeader: false },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => {
      void answerProblem(error, request, reply);
    },
  });
  app.setValidatorCompiler(createValidatorCompiler());
  app.setSerializerCompiler(createSerializerCompiler());
  acceptJsonBodies(app);
  refuseBrokenAddresses(app);
  app.setErrorHandler(answerProblem);
  app.addHook("onClose", () => securityLog.flush());
  traceRequests(app, deps.metrics);

  await setSecurityHeaders(app, options);
  await app.register(compress, {
    global: true,
    threshold: 1024,
    // The default of 11 costs more time than it saves for answers that are made once.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  keepDoor(app, { publicUrl, hosts });
  recognisePeople(app, { identity });
  const { redisUrl, requestsPerMinute: perMinute } = options;
  await limitRates(app, { perMinute, redisUrl, metrics: deps.metrics });
  guardRoutes(app, { identity, installation, publicUrl, metricsToken, setUpToken });
  honourIdempotencyKeys(app, { database, clock });
  await describeApi(app, { ...options, cookieName: identity.cookieName });
  healthRoutes(app, {
    health: deps.health,
    mayLookInside: (request) => mayLookInside(request, { identity, metricsToken }),
  });
  await serveDocs(app);

  const wired = app.withTypeProvider() as App;
  await wired.register(
    async (api: App) => {
      // An answer is about one person at one moment.
      api.addHook("onSend", async (_request, reply, payload) => {
        if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
        return payload;
      });
      await deps.register(api);
    },
    { prefix: "/api/v1" },
  );
  await deps.registerOutside?.(wired);
  await serveDashboard(app, { directory: options.dashboardDirectory });
  return wired;
}

/** Counted from Galley outwards: the peer itself is the first. */
function trustedBy(proxies: ServerOptions["trustProxy"]) {
  if (typeof proxies === "number") return (_address: string, hop: number) => hop < proxies;
  return proxies === false ? false : [...proxies];
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
