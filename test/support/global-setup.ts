import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { migrate, migrationsHash, startEmbeddedPostgres } from "#platform/db";
import { migrateJobs } from "#platform/jobs";

declare module "vitest" {
  interface ProvidedContext {
    /** A migrated database that `testDatabase` clones, and the server's own database to say so from. */
    template: { adminUrl: string; name: string };
  }
}

type Server = { adminUrl: string; stop: () => Promise<void> };

/** The server named by DATABASE_URL, else our own built-in one in a folder that goes away again. */
async function testServer(): Promise<Server> {
  // oxlint-disable-next-line node/no-process-env -- the tests' own choice of a server, not configuration
  const adminUrl = process.env["DATABASE_URL"];
  if (adminUrl) return { adminUrl, stop: async () => undefined };
  const dataDir = await mkdtemp(join(tmpdir(), "galley-tests-"));
  // Several Galleys run on it at a time, and each takes what one Galley takes.
  const postgres = await startEmbeddedPostgres({ dataDir, maxConnections: 200 });
  return {
    adminUrl: postgres.url,
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function run(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

let cleanUp = async (): Promise<void> => undefined;

/** Migrates one database per run, which each test file clones; gone again when the run ends. */
export async function setup(project: TestProject): Promise<void> {
  const { adminUrl, stop } = await testServer();
  const name = `galley_test_${(await migrationsHash()).slice(0, 8)}_${randomBytes(4).toString("hex")}`;
  cleanUp = async () => {
    try {
      await run(adminUrl, `drop database if exists ${name} with (force)`);
    } finally {
      await stop();
    }
  };
  await run(adminUrl, `create database ${name}`);
  const template = new URL(adminUrl);
  template.pathname = `/${name}`;
  await migrate(template.href);
  await migrateJobs(template.href);
  project.provide("template", { adminUrl, name });
}

export async function teardown(): Promise<void> {
  await cleanUp();
}
