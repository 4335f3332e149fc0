import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "#platform/db";

export type TestDatabase = {
  url: string;
  database: Database;
  /** Closes the pools and drops the database. */
  close: () => Promise<void>;
};

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject("template").adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * One statement by the owner of the database, past every trigger: for what has to be so in a test and what Galley's own
 * roles cannot do. Returns the rows.
 */
export async function asOwner(url: string, statement: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("set session_replication_role = replica");
    return (await client.query<Record<string, unknown>>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** A fresh migrated database of one's own, cloned from the run's template. Close it in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const { adminUrl, name: template } = inject("template");
  const name = `${template}_${randomBytes(4).toString("hex")}`;
  await onServer(`create database ${name} template ${template}`);
  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const database = openDatabase({ url: address.href, poolSize: 4 });
  return {
    url: address.href,
    database,
    close: async () => {
      await database.close();
      await onServer(`drop database if exists ${name} with (force)`);
    },
  };
}
