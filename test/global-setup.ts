import { migrate, migrationsHash } from "#platform/db";
import { migrateJobs } from "#platform/jobs";
import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A migrated database that `testDatabase` clones, and the server's own database to say so from. */
    template: { adminUrl: string; name: string };
  }
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
  // oxlint-disable-next-line node/no-process-env -- the tests' own choice of a server, not configuration
  const adminUrl = process.env["DATABASE_URL"] ?? "postgres://root@127.0.0.1:5432/postgres";
  const name = `galley_test_${(await migrationsHash()).slice(0, 8)}_${randomBytes(4).toString("hex")}`;
  await run(adminUrl, `create database ${name}`);
  const template = new URL(adminUrl);
  template.pathname = `/${name}`;
  await migrate(template.href);
  await migrateJobs(template.href);
  project.provide("template", { adminUrl, name });
  cleanUp = () => run(adminUrl, `drop database if exists ${name} with (force)`);
}

export async function teardown(): Promise<void> {
  await cleanUp();
}
