import { agentRoutes } from "#agent/routes";
import { channelRoutes, findGuides } from "#channels/routes";
import { deliveryRoutes, holdRoutes, quarantineRoutes } from "#delivery/routes";
import { importRoutes, mediaBytesRoutes, mediaRoutes, postRoutes } from "#desk/routes";
import { createHealth } from "#platform/health";
import { createMetrics, type Metrics } from "#platform/metrics";
import { createSecurityLog } from "#platform/security-log";
import type { App } from "#platform/wire";
import { publicSiteRoutes, siteRoutes } from "#site/routes";
import { usageRoutes } from "#usage/routes";
import { fileURLToPath } from "node:url";
import { addBusinessMetrics } from "./business-metrics.ts";
import { createServer, passOn } from "./edge/http/index.ts";
import type { FeatureParts, Features } from "./features.ts";
import { formDefaults, platformPaths } from "./platforms.ts";
import { setUpTokenOf } from "./set-up-token.ts";
import { readVersion } from "./version.ts";

export type Api = {
  /** Ready to `listen`, or to be tested with `inject`. */
  server: App;
  /** What this process counts, its jobs included; asked for at `/metrics`. */
  metrics: Metrics;
};

/** The features' routes on the HTTP server: what the role `api` adds, and no other role loads. */
export async function createApi(
  { config, key, database, platforms, log }: FeatureParts,
  features: Features,
): Promise<Api> {
  const { agent, channels, clock, connectors, deliveries, desk, identity, imports } = features;
  const { installation, sites, workspaces } = features;
  const { publicUrl, dataDir } = config;
  const metrics = createMetrics();
  addBusinessMetrics(metrics, database);
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
      dashboardDirectory: fileURLToPath(new URL("../web/dist", import.meta.url)),
      version: await readVersion(),
    },
    logger: log,
    database,
    clock,
    identity,
    installation,
    workspaces,
    health: createHealth({ database, dataDir, metrics, log }),
    metrics,
    securityLog,
    register: async (api) => {
      channelRoutes(api, {
        channels,
        connectors,
        publicUrl,
        formDefaults: formDefaults(platforms),
        guides: await findGuides(new URL("../docs/setup/", import.meta.url)),
        waitingOn: (workspaceId, channelId) => deliveries.waitingOn(workspaceId, channelId),
      });
      postRoutes(api, { desk });
      importRoutes(api, { imports });
      await mediaRoutes(api, { desk });
      deliveryRoutes(api, { deliveries });
      holdRoutes(api, { holds: deliveries.holds });
      siteRoutes(api, { sites });
      quarantineRoutes(api, { quarantine: deliveries.quarantine, installation });
      usageRoutes(api, { database, clock });
      agentRoutes(api, { agent });
    },
    registerOutside: async (app) => {
      mediaBytesRoutes(app, { desk });
      publicSiteRoutes(app, { sites });
      for (const path of platformPaths(platforms)) await passOn(app, path);
    },
  });
  return { server, metrics };
}
