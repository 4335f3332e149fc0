import { fileURLToPath } from "node:url";
import { apiPartsOf } from "#platform/features";
import { createHealth } from "#platform/health";
import { createMetrics, type Metrics } from "#platform/metrics";
import { createSecurityLog } from "#platform/security-log";
import type { App } from "#platform/wire";
import { createServer, passOn } from "../edge/http/index.ts";
import { createFeed, liveRoutes } from "../edge/live/index.ts";
import { type Features, features } from "./features.ts";
import { platformPaths } from "./platforms.ts";
import type { Process } from "./services.ts";
import { setUpTokenOf } from "./set-up-token.ts";
import { readVersion } from "./version.ts";

export type Api = {
  /** Ready to `listen`, or to be tested with `inject`. */
  server: App;
  /** What this process counts, its jobs included; asked for at `/metrics`. */
  metrics: Metrics;
};

/** The features' routes on the HTTP server: what the role `api` adds, and no other role loads. */
export async function createApi({ config, key, platforms }: Process, made: Features): Promise<Api> {
  const { database, announcements, log, clock, identity, installation, publicUrl } = made;
  const metrics = createMetrics();
  const parts = await apiPartsOf(features, made);
  for (const part of parts) part.metrics?.(metrics);
  const securityLog = createSecurityLog({
    database,
    log,
    count: (event) => metrics.securityEvents.inc({ event }),
  });
  const server = await createServer({
    options: {
      publicUrl,
      redisUrl: config.redisUrl,
      requestsPerMinute: config.requestsPerMinute,
      trustProxy: config.trustProxy,
      hosts: config.hosts,
      metricsToken: config.metricsToken,
      setUpToken: setUpTokenOf(key),
      dashboardDirectory: fileURLToPath(new URL("../../web/dist", import.meta.url)),
      version: await readVersion(),
    },
    logger: log,
    database,
    clock,
    identity,
    installation,
    health: createHealth({ database, dataDir: config.dataDir, metrics, log }),
    metrics,
    securityLog,
    register: async (api) => {
      for (const part of parts) await part.routes?.(api);
      liveRoutes(api, { feed: createFeed({ database, announcements, log }), identity });
    },
    registerOutside: async (app) => {
      for (const part of parts) await part.outside?.(app);
      for (const path of platformPaths(platforms)) await passOn(app, path);
    },
  });
  return { server, metrics };
}
