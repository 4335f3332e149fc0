import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectorRegistry } from "#connectors";
import type { Desk, UploadLimits } from "#desk";
import { createDesk, createMediaLinks } from "#desk";
import { mediaBytesRoutes, mediaRoutes, postRoutes } from "#desk/routes";
import { createFiles } from "#platform/files";
import { createJobs } from "#platform/jobs";
import type { Clock } from "#kit";
import { cancelOrder, cancelUnclaimedOrder, requestDeliveries } from "../../../src/delivery/order/order.ts";
import { cancelOnChannel } from "../../../src/delivery/order/deliveries.store.ts";
import { type TestApp, testApp } from "../app.ts";
import { asOwner, type TestDatabase, testDatabase } from "../database.ts";

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

/** Small, so that tests reach them. */
export const testUploads: UploadLimits = {
  maxBytes: 5_000_000,
  maxPixels: 20_000_000,
  video: { maxBytes: 30_000_000, maxMs: 60_000 },
  document: { maxBytes: 6_000_000, maxPages: 20 },
};

function deskOn(database: TestDatabase["database"], directory: string, clock: Clock): Desk {
  const jobs = createJobs();
  return createDesk({
    database,
    jobs,
    connectors: connectorRegistry(),
    connectorSettings: {},
    deliveries: {
      request: (db, order) => requestDeliveries(db, jobs, order),
      cancel: cancelOrder,
      cancelUnclaimed: cancelUnclaimedOrder,
      cancelOnChannel,
    },
    files: createFiles({ directory }),
    mediaLinks: createMediaLinks({ key: randomBytes(32) }),
    uploads: testUploads,
    clock,
  });
}

/** The desk on a database and a folder of its own, with the real connectors and delivery's real order book. */
export async function testDesk(clock: Clock) {
  const { database, url, close } = await testDatabase();
  const directory = await mkdtemp(path.join(tmpdir(), "galley-desk-"));
  return {
    database,
    url,
    desk: deskOn(database, directory, clock),
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
  let desk: Desk | undefined;
  const app = await testApp({
    clock,
    register: async (api, { database }) => {
      desk = deskOn(database, directory, clock);
      postRoutes(api, { desk });
      mediaBytesRoutes(api, { desk });
      await mediaRoutes(api, { desk });
    },
  });
  if (!desk) throw new Error("the server registered no routes");
  return {
    ...app,
    desk,
    directory,
    close: async () => {
      await app.close();
      await rm(directory, { recursive: true });
    },
  };
}
