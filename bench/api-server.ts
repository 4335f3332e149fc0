import { join } from "node:path";
import Fastify from "fastify";
import type { CompiledQuery } from "kysely";
import { Pool } from "pg";
import { addressOf } from "#contract";
import { deskApi } from "#desk/routes";
import { type Database, openDatabase } from "#platform/db";
import { createMetrics } from "#platform/metrics";
import { createSecurityLog } from "#platform/security-log";
import { createLogger } from "#platform/telemetry";
import { createFeatures } from "../src/app/features.ts";
import { createServer } from "../src/edge/http/index.ts";
import { testServices } from "../test/support/services.ts";

/** One of the servers that `api.ts` compares, in a process of its own: `kind url key workspaceId`. */
const [kind = "", url = "", key = "", workspaceId = ""] = process.argv.slice(2);
const publicUrl = "http://127.0.0.1";

async function galley() {
  const database = openDatabase({ url });
  const log = createLogger({ logLevel: "info" });
  const made = createFeatures(testServices({ database, key: Buffer.from(key, "base64"), publicUrl }));
  const desk = deskApi(made);
  return createServer({
    options: {
      publicUrl,
      redisUrl: null,
      requestsPerMinute: 1_000_000_000,
      trustProxy: false,
      dashboardDirectory: join(import.meta.dirname, "../web/dist"),
      version: "0.0.0",
    },
    logger: log,
    metrics: createMetrics(),
    securityLog: createSecurityLog({ database, log, count: () => undefined }),
    database,
    clock: made.clock,
    identity: made.identity,
    installation: made.installation,
    health: {
      ready: async () => ({ ready: true, checks: {} }),
      metrics: async () => ({ contentType: "text/plain", text: "" }),
    },
    register: async (app) => desk.routes?.(app),
  });
}

/** The statement that the list of posts runs, as the desk makes it. */
async function listStatement(): Promise<CompiledQuery> {
  let statement: CompiledQuery | null = null;
  const database = openDatabase({ url });
  const listening: Database = {
    ...database,
    read: async (_workspaceId, query) => {
      statement = query;
      return [];
    },
  };
  const { desk } = createFeatures(testServices({ database: listening }));
  const filter = { statuses: [], search: null, from: null, to: null, cursor: null, limit: 20 };
  await desk.list(workspaceId, filter);
  await database.close();
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
