import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Desk } from "#desk";
import type { Clock } from "#kit";
import { createFiles } from "#platform/files";
import { createFeatures } from "../../../src/app/features.ts";
import { type TestApp, testApp } from "../app.ts";
import { asOwner, testDatabase } from "../database.ts";
import { testServices } from "../services.ts";

/** A clock that a test moves. It starts at the real time, so that sessions are valid. */
export function movableClock(): Clock & { move(milliseconds: number): void } {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    move: (milliseconds) => {
      offset += milliseconds;
    },
  };
}

/** The desk on a database and a folder of its own, with the real connectors and delivery's real order book. */
export async function testDesk(clock: Clock) {
  const { database, url, close } = await testDatabase();
  const directory = await mkdtemp(path.join(tmpdir(), "galley-desk-"));
  const { desk } = createFeatures(testServices({ database, clock, files: createFiles({ directory }) }));
  return {
    database,
    url,
    desk,
    directory,
    close: async () => {
      await close();
      await rm(directory, { recursive: true });
    },
  };
}

/** As if the moment in which approvals can be taken back were over for everything that waits for it. */
export async function letUndoPass(url: string): Promise<void> {
  // Galley's own role cannot: until when a delivery waits is a record.
  await asOwner(url, "update deliveries set not_before = least(not_before, clock_timestamp())");
}

/** The same behind the composed server. */
export async function testDeskApp(clock: Clock): Promise<TestApp & { desk: Desk; directory: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), "galley-desk-"));
  const app = await testApp({ clock, serves: ["desk"], services: { files: createFiles({ directory }) } });
  return {
    ...app,
    desk: app.features.desk,
    directory,
    close: async () => {
      await app.close();
      await rm(directory, { recursive: true });
    },
  };
}
