import { agentRoutes, createAgent, createModelDrafter, extractiveDrafter, modelAddress } from "#agent";
import type { Drafter } from "#agent";
import { channelRoutes, createChannels, findGuides } from "#channels";
import { connectorRegistry } from "#connectors";
import { createDeliveries, deliveryRoutes, quarantineRoutes } from "#delivery";
import {
  createDesk,
  createMediaLinks,
  deliverySettledTask,
  mediaBytesRoutes,
  mediaRoutes,
  postRoutes,
  createImports,
  importRoutes,
} from "#desk";
import { createIdentity } from "#identity";
import { systemClock } from "#kit";
import { createNotifications, type NoticeMail } from "#notifications";
import type { Config } from "#platform/config";
import type { Database } from "#platform/db";
import { createFiles } from "#platform/files";
import { createHealth } from "#platform/health";
import { createHttpClient } from "#platform/http-client";
import { createJobs, type Sweep, type Task } from "#platform/jobs";
import { createMailTransport } from "#platform/mail";
import { createSecrets } from "#platform/secrets";
import { createMetrics, type Logger, type Metrics } from "#platform/telemetry";
import type { App } from "#platform/wire";
import { createSites, publicSiteRoutes, siteRoutes } from "#site";
import { usageRoutes } from "#usage";
import { createWorkspaces } from "#workspaces";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { addBusinessMetrics } from "./business-metrics.ts";
import { createServer, idempotencySweep, passOn } from "./edge/http/index.ts";
import {
  type BuiltInPlatforms,
  connectorSettings,
  formDefaults,
  platformMailServers,
  platformOrigins,
  platformPaths,
} from "./platforms.ts";

export type AppParts = {
  config: Config;
  /** The 32 bytes that everything secret is sealed under. */
  key: Buffer;
  database: Database;
  platforms: BuiltInPlatforms;
  log: Logger;
};

/** Everything wired, nothing running yet: the server listens and the worker starts in `serve.ts`. */
export type GalleyApp = {
  server: App;
  tasks: Record<string, Task>;
  sweeps: readonly Sweep[];
  metrics: Metrics;
  /** Throws where the database may forget what it confirmed; a worker must not start on it. */
  checkDurability: () => Promise<void>;
};

/** How long a platform may fetch the files of a delivery: a week, because a late post may wait for a person. */
const mediaLinkMs = 7 * 24 * 60 * 60 * 1000;

const packageFile = z.object({ version: z.string() });

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return packageFile.parse(JSON.parse(text)).version;
}

/** The configured model, reached by a client of its own: no connector may speak to a model on this machine. */
function drafterFor({ llm, egress }: Config): Drafter {
  if (llm === null) return extractiveDrafter;
  const { allowOrigins } = egress;
  const connectorOrigins = [new URL(modelAddress(llm)).origin];
  return createModelDrafter(llm, createHttpClient({ allowOrigins, connectorOrigins }));
}

/** How people are mailed: by the configured server, else by the mail catcher where it runs. */
function noticeMail({ mail }: Config, { mailCatcher }: BuiltInPlatforms): NoticeMail | null {
  const catcher = mailCatcher && {
    server: {
      host: mailCatcher.host,
      port: mailCatcher.smtpPort,
      tls: "none" as const,
      username: null,
      password: null,
    },
    from: { name: "Galley", address: "galley@galley.test" },
  };
  const chosen = mail ?? catcher;
  if (chosen === null) return null;
  const { server, from } = chosen;
  // A transport of its own: what the configuration trusts with notices no channel may reach.
  return {
    server,
    from,
    transport: createMailTransport({ allowServers: [`${server.host}:${server.port}`] }),
  };
}

/** The composition root: the only place that knows every feature and gives each what it needs. */
export async function createApp({ config, key, database, platforms, log }: AppParts): Promise<GalleyApp> {
  const clock = systemClock;
  const { publicUrl, dataDir } = config;
  const metrics = createMetrics();
  addBusinessMetrics(metrics, database);
  const health = createHealth({ database, dataDir, metrics, log });
  const jobs = createJobs();
  const files = createFiles({ directory: join(dataDir, "media") });
  const secrets = createSecrets({ database, key, clock });
  if (config.formerKey !== null) {
    const adopted = await secrets.adopt(Buffer.from(config.formerKey, "base64"));
    log.warn({ adopted }, "took over the data keys of GALLEY_FORMER_KEY; leave it out from now on");
  }
  const connectors = connectorRegistry();
  const http = createHttpClient({
    allowOrigins: config.egress.allowOrigins,
    connectorOrigins: platformOrigins(platforms),
  });
  const mail = createMailTransport({
    allowServers: [...config.egress.allowMailServers, ...platformMailServers(platforms)],
  });

  const identity = createIdentity({ database, key: key.toString("base64"), publicUrl, clock });
  const workspaces = createWorkspaces({ database, identity, clock, publicUrl });
  const settings = connectorSettings(config, platforms);
  const mediaLinks = createMediaLinks({ key });
  const mediaPath = (workspaceId: string, hash: string) => mediaLinks.addressOf(workspaceId, hash);
  const sites = createSites({ database, publicUrl, mediaPath });
  const notifications = createNotifications({
    database,
    jobs,
    mail: noticeMail(config, platforms),
    publicUrl,
    connectorName: (id) => connectors.get(id)?.name ?? id,
    clock,
  });
  const channels = createChannels({
    site: sites.pages,
    database,
    connectors,
    secrets,
    http,
    mail,
    settings,
    publicUrl,
    clock,
    onWarning: (transaction, warning) => notifications.onWarning(transaction, warning),
  });
  const deliveries = createDeliveries({
    database,
    jobs,
    channels,
    connectors,
    files: {
      ...files,
      publicUrl: (workspaceId, hash) => {
        const until = new Date(clock.now().getTime() + mediaLinkMs);
        return new URL(mediaLinks.addressOf(workspaceId, hash, until), publicUrl).href;
      },
    },
    log,
    dataDir,
    quotas: (connector) => connector.quotas(settings[connector.id] ?? {}),
    settings: config.delivery,
  });
  const { uploads } = config;
  const desk = createDesk({
    database,
    connectors,
    connectorSettings: settings,
    deliveries,
    files,
    mediaLinks,
    uploads,
    clock,
  });

  const imports = createImports({
    database,
    connectors,
    connectorSettings: settings,
    jobs,
    http,
    media: desk.media,
    clock,
  });

  const drafter = drafterFor(config);
  const agent = createAgent({ database, connectors, channels, desk, jobs, http, drafter, clock });

  const server = await createServer({
    options: {
      publicUrl,
      redisUrl: config.redisUrl,
      requestsPerMinute: config.requestsPerMinute,
      trustProxy: config.trustProxy,
      dashboardDirectory: fileURLToPath(new URL("../web/dist", import.meta.url)),
      version: await readVersion(),
    },
    logger: log,
    database,
    clock,
    identity,
    workspaces,
    health,
    metrics,
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
      siteRoutes(api, { sites });
      quarantineRoutes(api, deliveries);
      usageRoutes(api, { database, clock });
      agentRoutes(api, { agent });
    },
    registerOutside: async (app) => {
      mediaBytesRoutes(app, { desk });
      publicSiteRoutes(app, { sites });
      for (const path of platformPaths(platforms)) await passOn(app, path);
    },
  });

  return {
    server,
    metrics,
    tasks: {
      ...deliveries.tasks,
      ...agent.tasks,
      ...imports.tasks,
      ...notifications.tasks,
      // Delivery never knows the desk; it announces outcomes through this job.
      [deliverySettledTask]: async (payload) => {
        await desk.deliverySettled(payload);
        await notifications.deliverySettled(payload);
      },
    },
    sweeps: [
      ...deliveries.sweeps,
      ...channels.sweeps,
      ...identity.sweeps,
      ...agent.sweeps,
      desk.series.sweep,
      imports.sweep,
      idempotencySweep({ database, clock }),
    ],
    checkDurability: () => deliveries.checkDurability(),
  };
}
