import { addressOf } from "#contract";
import { connectorRegistry } from "#connectors";
import { createDesk, createMediaLinks } from "#desk";
import { postRoutes } from "#desk/routes";
import { createAccounts, createIdentity } from "#identity";
import { createInstallation } from "#installation";
import { systemClock } from "#kit";
import { type Database, openDatabase } from "#platform/db";
import { createFiles } from "#platform/files";
import { createMetrics } from "#platform/metrics";
import { createSecurityLog } from "#platform/security-log";
import { createLogger } from "#platform/telemetry";
import { createWorkspaces } from "#workspaces";
import Fastify from "fastify";
import type { CompiledQuery } from "kysely";
import { join } from "node:path";
import { Pool } from "pg";
import { createServer } from "../src/edge/http/index.ts";

/** One of the servers that `api.ts` compares, in a process of its own: `kind url key workspaceId`. */
const [kind = "", url = "", key = "", workspaceId = ""] = process.argv.slice(2);
const publicUrl = "http://127.0.0.1";

function deskOn(database: Pick<Database, "read">) {
  return createDesk({
    // The list needs no more than a read.
    database: database as Database,
    connectors: connectorRegistry(),
    connectorSettings: {},
    deliveries: {
      request: async () => [],
      cancel: async () => ({ cancelled: [], tooLate: [] }),
      cancelUnclaimed: async () => ({ cancelled: [], tooLate: [] }),
      cancelOnChannel: async () => ({ changed: [], tooLate: [] }),
    },
    files: createFiles({ directory: "data/bench" }),
    mediaLinks: createMediaLinks({ key: Buffer.from(key, "base64") }),
    uploads: {
      maxBytes: 1,
      maxPixels: 1,
      video: { maxBytes: 1, maxMs: 1 },
      document: { maxBytes: 1, maxPages: 1 },
    },
    clock: systemClock,
  });
}

async function galley() {
  const database = openDatabase({ url });
  const clock = systemClock;
  const identity = createIdentity({ database, key, publicUrl, clock });
  const installation = createInstallation({ database, accounts: createAccounts({ database }) });
  const workspaces = createWorkspaces({ database, identity, installation, clock, publicUrl });
  return createServer({
    options: {
      publicUrl,
      redisUrl: null,
      requestsPerMinute: 1_000_000_000,
      trustProxy: false,
      dashboardDirectory: join(import.meta.dirname, "../web/dist"),
      version: "0.0.0",
    },
    logger: createLogger({ logLevel: "info" }),
    metrics: createMetrics(),
    securityLog: createSecurityLog({
      database,
      log: createLogger({ logLevel: "info" }),
      count: () => undefined,
    }),
    database,
    clock,
    identity,
    installation,
    workspaces,
    health: {
      ready: async () => ({ ready: true, checks: {} }),
      metrics: async () => ({ contentType: "text/plain", text: "" }),
    },
    register: (app) => postRoutes(app, { desk: deskOn(database) }),
  });
}

/** The statement that the list of posts runs, as the desk makes it. */
async function listStatement(): Promise<CompiledQuery> {
  let statement: CompiledQuery | null = null;
  const desk = deskOn({
    read: async (_workspaceId, query) => {
      statement = query;
      return [];
    },
  });
  const filter = { statuses: [], search: null, from: null, to: null, cursor: null, limit: 20 };
  await desk.list(workspaceId, filter);
  if (statement === null) throw new Error("the list asked nothing");
  return statement;
}

async function bareWithSql() {
  const { sql, parameters } = await listStatement();
  const pool = new Pool({ connectionString: url, max: 8 });
  const app = Fastify();
  app.get(addressOf("listPosts").path, async () => (await pool.query(sql, [...parameters])).rows);
  return app;
}

function bare() {
  const app = Fastify();
  app.get(addressOf("listPosts").path, async () => ({ items: [] }));
  return app;
}

type Listening = { listen: (options: { port: number; host: string }) => Promise<string> };

const makers: Record<string, () => Listening | Promise<Listening>> = {
  galley,
  "bare Fastify + SQL": bareWithSql,
  "bare Fastify": bare,
};
const make = makers[kind];
if (!make) throw new Error(`no server called ${kind}`);
const server = await make();
process.send?.(await server.listen({ port: 0, host: "127.0.0.1" }));
