import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "#kit";
import { createLogger } from "#platform/telemetry";
import { asOwner, testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { startRedis, type TestRedis } from "../../../test/support/redis.ts";
import { type Announcements, createAnnouncements } from "./announcements.ts";

// Two processes: what one announces, the other hears, also after the connection between was lost.

const log = createLogger({ logLevel: "silent" });
const open: Announcements[] = [];
let server: TestDatabase;

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(async () => {
  await Promise.all(open.map((announcements) => announcements.close()));
  await server.close();
});

function start(redisUrl: string | null = null): Announcements {
  const made = createAnnouncements({ database: server.database, databaseUrl: server.url, redisUrl, log });
  open.push(made);
  return made;
}

/** Everything that is heard, as it comes; null once for each time that it began to listen. */
async function hear(announcements: Announcements): Promise<(string | null)[]> {
  const heard: (string | null)[] = [];
  announcements.onNews((workspaceId) => heard.push(workspaceId));
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([null]);
  return heard;
}

describe("by the database", () => {
  test("all processes hear what one announces, each once", async () => {
    const [here, there] = [start(), start()];
    const [nearby, far] = [await hear(here), await hear(there)];
    const [one, two] = [newId(), newId()];
    await here.announce([one, two, one]);
    const told = new Set([null, one, two]);
    await expect.poll(() => new Set(far)).toEqual(told);
    await expect.poll(() => new Set(nearby)).toEqual(told);
    expect([far.length, nearby.length]).toEqual([3, 3]);
  });

  test("after a lost connection it says that something may have been missed, and goes on", async () => {
    const there = start();
    const heard = await hear(there);
    await asOwner(
      server.url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'galley listen' and datname = current_database()`,
    );
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([null, null]);
    const id = newId();
    await there.announce([id]);
    await expect.poll(() => heard).toEqual([null, null, id]);
  });

  test("nobody hears any more who has stopped listening", async () => {
    const there = start();
    const heard: (string | null)[] = [];
    const stop = there.onNews((workspaceId) => heard.push(workspaceId));
    const others = await hear(there);
    stop();
    const before = heard.length;
    await there.announce([newId()]);
    await expect.poll(() => others).toHaveLength(2);
    expect(heard).toHaveLength(before);
  });
});

describe("by Redis", () => {
  let redis: TestRedis | null = null;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.kill());

  test("all processes hear it, and again after Redis was away", async (context) => {
    if (redis === null) return context.skip("there is no redis-server on this machine");
    const [here, there] = [start(redis.url), start(redis.url)];
    const heard = await hear(there);
    const [one, two] = [newId(), newId()];
    await here.announce([one]);
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([null, one]);
    await redis.kill();
    await here.announce([newId()]);
    await redis.restart();
    await expect.poll(() => heard.length, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(heard.at(-1)).toBeNull();
    await expect
      .poll(
        async () => {
          await here.announce([two]);
          return heard.includes(two);
        },
        { timeout: 30_000 },
      )
      .toBe(true);
  });
});
