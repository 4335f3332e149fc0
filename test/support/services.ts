import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectorRegistry } from "#connectors";
import { newId, systemClock } from "#kit";
import type { Database } from "#platform/db";
import { createFiles } from "#platform/files";
import { createHttpClient } from "#platform/http-client";
import { createJobs } from "#platform/jobs";
import { createAnnouncements } from "#platform/live";
import { createMailTransport } from "#platform/mail";
import { createRenderer } from "#platform/rendering";
import { createSecrets } from "#platform/secrets";
import { createLogger } from "#platform/telemetry";
import type { Services } from "../../src/app/services.ts";

/** Small, so that tests reach them. */
const uploads: Services["uploads"] = {
  maxBytes: 5_000_000,
  maxPixels: 20_000_000,
  video: { maxBytes: 30_000_000, maxMs: 60_000 },
  document: { maxBytes: 6_000_000, maxPages: 20 },
};

const nowhere = "postgres://nobody@127.0.0.1:9/none";

/** Where Galley is reached in tests. */
export const testOrigin = "http://galley.test";

/**
 * What features are made of in a test: all real, with nobody to reach and no mail. A test gives what it is about, and
 * hands the whole to `createFeatures`, or to `compose` with the features that it wants and its stand-ins for others.
 */
export function testServices(given: Partial<Services> & { database: Database }): Services {
  const { database, clock = systemClock, key = randomBytes(32) } = given;
  const log = createLogger({ logLevel: "silent" });
  return {
    key,
    clock,
    processId: newId(),
    log,
    // Nothing connects before somebody listens; a test about that gives the address of its database.
    announcements: createAnnouncements({ database, databaseUrl: nowhere, redisUrl: null, log }),
    secrets: createSecrets({ database, key, clock }),
    jobs: createJobs(),
    files: createFiles({ directory: join(tmpdir(), `galley-files-${newId()}`) }),
    markdown: createRenderer(),
    connectors: connectorRegistry(),
    connectorSettings: {},
    formDefaults: {},
    http: createHttpClient({ allowOrigins: [] }),
    mail: createMailTransport({ allowServers: [] }),
    sender: null,
    publicUrl: testOrigin,
    dataDir: null,
    uploads,
    deliverySettings: { concurrency: 16, minimumWindowMs: 0 },
    eventsKeepMs: 86_400_000,
    model: null,
    ...given,
  };
}
