import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { Connector } from "#connectors";
import type { Deliveries } from "#delivery";
import { type Actor, newId } from "#kit";
import { createPool, type Database, openDatabase } from "#platform/db";
import { buildMember } from "../builders.ts";
import { testDatabase } from "../database.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  type DeliverySandbox,
  startDeliverySandbox,
} from "./delivery.ts";

/** A workspace that publishes to a sandbox, with a data folder, and a database that can be taken back. */
export type Restorable = {
  platform: DeliverySandbox;
  fixture: DeliveryFixture;
  database: Database;
  dataDir: string;
  /** A process that publishes. */
  start(speaking?: Connector, dataDir?: string): Deliveries;
  stateOf(deliveries: Deliveries, postId: string): Promise<string | undefined>;
  /** A new owner of the workspace. */
  owner(): Promise<Actor & { kind: "person" }>;
  /** The texts that people see, sorted. */
  visible(): Promise<string[]>;
  /** Makes a copy of the database, and opens the database anew. */
  backUp(): Promise<void>;
  /** Puts the copy back in its place. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

export async function startRestorable(): Promise<Restorable> {
  const dataDir = await mkdtemp(join(tmpdir(), "galley-data-"));
  const platform = await startDeliverySandbox();
  const made = await testDatabase();
  await made.database.close();
  const { url } = made;
  const name = new URL(url).pathname.slice(1);
  const copy = `${name}_backup`;
  const database = openDatabase({ url, poolSize: 4 });
  const restorable: Restorable = {
    platform,
    database,
    dataDir,
    fixture: await buildDeliveryFixture(database, platform.connector),
    start: (speaking, folder = dataDir) =>
      platform.deliveries(restorable.database, { speaking, dataDir: folder }),
    stateOf: async (deliveries, postId) =>
      (await deliveries.forPost(restorable.fixture.workspaceId, postId))[0]?.state,
    owner: async () => {
      const { workspaceId } = restorable.fixture;
      const { userId } = await buildMember(restorable.database, workspaceId, "owner");
      const person = { name: "Ada", email: "ada@example.test", sessionId: newId() };
      return { kind: "person", userId, ...person, workspaceId, role: "owner" };
    },
    visible: async () => (await platform.journal()).map(({ text }) => text).toSorted(),
    backUp: () => exchange([`create database ${copy} template ${name}`]),
    restore: () =>
      exchange([`drop database ${name} with (force)`, `create database ${name} template ${copy}`]),
    close: async () => {
      await restorable.database.close();
      await platform.close();
      await onServer([
        `drop database if exists ${name} with (force)`,
        `drop database if exists ${copy} with (force)`,
      ]);
      await rm(dataDir, { recursive: true });
    },
  };

  async function exchange(statements: string[]): Promise<void> {
    await restorable.database.close();
    await onServer(statements);
    restorable.database = openDatabase({ url, poolSize: 4 });
    restorable.fixture = { ...restorable.fixture, database: restorable.database };
  }

  return restorable;
}

async function onServer(statements: string[]): Promise<void> {
  const client = createPool({ url: inject("template").adminUrl, role: null, size: 1 });
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
