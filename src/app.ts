import { createServer, idempotencySweep, passOn } from "./edge/http/index.ts";
import { createIdentity } from "#identity";
import { systemClock } from "#kit";
import type { Config } from "#platform/config";
import type { Database } from "#platform/db";
import { createHealth } from "#platform/health";
import type { Sweep, Task } from "#platform/jobs";
import { createMetrics, type Logger, type Metrics, withLogContext } from "#platform/telemetry";
import type { App } from "#platform/wire";
import { usageRoutes } from "#usage";
import { createWorkspaces } from "#workspaces";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type BuiltInPlatforms, platformPaths } from "./platforms.ts";

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
};

const packageFile = z.object({ version: z.string() });

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return packageFile.parse(JSON.parse(text)).version;
}

/** The composition root: the only place that knows every feature and gives each what it needs. */
export async function createApp({ config, key, database, platforms, log }: AppParts): Promise<GalleyApp> {
  const clock = systemClock;
  const { publicUrl, dataDir } = config;
  const metrics = createMetrics();
  const health = createHealth({ database, dataDir, metrics, log });
  const identity = createIdentity({ database, key: key.toString("base64"), publicUrl, clock });
  const workspaces = createWorkspaces({ database, identity, clock, publicUrl });

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
    withRequest: withLogContext,
    register: (api) => {
      usageRoutes(api, { database, clock });
    },
    registerOutside: async (app) => {
      for (const path of platformPaths(platforms)) await passOn(app, path);
    },
  });

  return { server, metrics, tasks: {}, sweeps: [idempotencySweep({ database, clock })] };
}
