import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createPool } from "#platform/db";
import { createLogger } from "#platform/telemetry";
import { type TestDatabase, testDatabase } from "../../../test/support/database.ts";
import { lookForDeadWorkers } from "./dead-workers.ts";
import { lifeLock, startHeartbeat } from "./heartbeat.ts";

const log = createLogger({ logLevel: "silent" });
let setup: TestDatabase;
/** Of the one that looks, and of the workers that it looks at. */
let pool: Pool;
let theirs: Pool;
let dead: string[];

beforeAll(async () => {
  setup = await testDatabase();
});
beforeEach(async () => {
  pool = createPool({ url: setup.url, role: null, size: 2 });
  theirs = createPool({ url: setup.url, role: null, size: 4 });
  dead = [];
  return async () => {
    await Promise.all([pool.end(), theirs.end()]);
  };
});
afterAll(() => setup.close());

function observer(): () => Promise<void> {
  return lookForDeadWorkers({
    pool,
    ownId: "observer",
    onDead: async (ids) => {
      dead.push(...ids);
    },
    log,
  });
}

async function rows(): Promise<string[]> {
  const found = await pool.query<{ id: string }>("select id from worker_heartbeats order by id");
  return found.rows.map(({ id }) => id);
}

/** The server's processes of the sessions that hold a lock in this database. */
async function holders(): Promise<number[]> {
  const found = await pool.query<{ pid: number }>(
    `select pid from pg_locks where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return found.rows.map(({ pid }) => pid);
}

test("a worker whose session stands is alive, one whose session ended is dead at the second look", async () => {
  const look = observer();
  const living = await startHeartbeat(theirs, "living", log);
  await pool.query("insert into worker_heartbeats (id, host, pid) values ('killed', 'somewhere', 1)");
  await look();
  expect(dead).toEqual([]);
  await pause(1_000);
  await look();
  expect(dead).toEqual(["killed"]);
  expect(await rows()).toEqual(["living"]);
  await living.stop();
  expect(await rows()).toEqual([]);
});

test("a worker that lost its session takes another", async () => {
  const living = await startHeartbeat(theirs, "living", log);
  const [former] = await holders();
  await pool.query("select pg_terminate_backend($1)", [former]);
  await vi.waitFor(
    async () => {
      const [present = former] = await holders();
      expect(present).not.toBe(former);
    },
    { timeout: 15_000 },
  );
  const look = observer();
  await look();
  await pause(1_000);
  await look();
  expect(dead).toEqual([]);
  await living.stop();
});

test("silence tells where a session seems to stand, and whom nobody could free is found again", async () => {
  const standing = await theirs.connect();
  await standing.query("select pg_advisory_lock_shared($1, hashtext('silent'))", [lifeLock]);
  await pool.query(
    "insert into worker_heartbeats (id, host, pid, beat_at) values ('silent', 'x', 1, now() - interval '1 minute')",
  );
  const failing = lookForDeadWorkers({
    pool,
    ownId: "observer",
    onDead: () => Promise.reject(new Error("the database went away")),
    log,
  });
  await expect(failing()).rejects.toThrow("went away");
  await observer()();
  expect(dead).toEqual(["silent"]);
  expect(await rows()).toEqual([]);
  standing.release(true);
});
