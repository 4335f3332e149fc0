import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { newId } from "#kit";
import { createPool } from "#platform/db";
import { createJobs, startWorker } from "#platform/jobs";
import { createLogger } from "#platform/telemetry";
import { type TestDatabase, testDatabase } from "../../../test/support/database.ts";

const log = createLogger({ logLevel: "silent" });
const jobs = createJobs();
let setup: TestDatabase;
const children: ChildProcess[] = [];

beforeAll(async () => {
  setup = await testDatabase();
  const owner = createPool({ url: setup.url, role: null, size: 1 });
  await owner.query(
    "create table notes (id int, worker text, phase text); grant all on notes to galley_system",
  );
  await owner.end();
});
beforeEach(async () => {
  await sql`delete from notes`.execute(setup.database.system);
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await setup.close();
});

async function startProcess(name: string, delayMs: number, url = setup.url): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["test/processes/worker.ts", url, name, String(delayMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

async function noted(phase: "start" | "end"): Promise<number> {
  const { rows } = await sql<{
    ids: number;
  }>`select count(distinct id) as ids from notes where phase = ${phase}`.execute(setup.database.system);
  return rows[0]?.ids ?? 0;
}

function enqueueNotes(count: number): Promise<void> {
  const notes = Array.from({ length: count }, (_, id) => ({ task: "note", payload: { id } }));
  return jobs.enqueueMany(setup.database.system, notes);
}

test("jobs that a killed worker held run again in seconds, not hours", async () => {
  const doomed = await startProcess("doomed", 60_000);
  await enqueueNotes(10);
  await vi.waitFor(async () => expect(await noted("start")).toBeGreaterThan(0), 5000);
  doomed.kill("SIGKILL");
  await once(doomed, "exit");
  const heir = await startProcess("heir", 0);
  await vi.waitFor(async () => expect(await noted("end")).toBe(10), { timeout: 10_000, interval: 100 });
  heir.kill("SIGTERM");
  expect(await once(heir, "exit")).toEqual([0, null]);
}, 40_000);

test("SIGTERM lets running jobs finish and gives back those only reserved", async () => {
  const first = await startProcess("first", 700);
  await enqueueNotes(12);
  await vi.waitFor(async () => expect(await noted("start")).toBeGreaterThan(0), 5000);
  first.kill("SIGTERM");
  expect(await once(first, "exit")).toEqual([0, null]);
  expect(await noted("start")).toBe(await noted("end"));
  expect(await noted("end")).toBeLessThan(12);

  const second = await startProcess("second", 0);
  await vi.waitFor(async () => expect(await noted("end")).toBe(12), { timeout: 10_000, interval: 100 });
  const { rows } =
    await sql`select id from notes where phase = 'end' group by id having count(*) > 1`.execute(
      setup.database.system,
    );
  expect(rows).toEqual([]);
  second.kill("SIGTERM");
  await once(second, "exit");
}, 40_000);

test("a sweep never overlaps itself, survives an error, and stops on its signal", async () => {
  let running = 0;
  let most = 0;
  let rounds = 0;
  let sawAbort = false;
  const worker = await startWorker({
    id: newId(),
    databaseUrl: setup.url,
    tasks: {},
    concurrency: 1,
    log,
    sweeps: [
      {
        name: "slow",
        everyMs: 5,
        run: async (signal) => {
          rounds++;
          most = Math.max(most, ++running);
          const wait = rounds < 4 ? 30 : 60_000;
          await pause(wait, undefined, { signal }).catch(() => {
            sawAbort = signal.aborted;
          });
          running--;
          throw new Error("on purpose");
        },
      },
    ],
  });
  await vi.waitFor(() => expect(rounds).toBe(4), 5000);
  await worker.stop();
  expect({ most, sawAbort }).toEqual({ most: 1, sawAbort: true });
});

test("a failing job comes again and the worker goes on after it lost its connections", async () => {
  let tries = 0;
  const seen: number[] = [];
  const worker = await startWorker({
    id: newId(),
    databaseUrl: setup.url,
    concurrency: 2,
    log,
    sweeps: [],
    tasks: {
      flaky: async () => {
        if (++tries === 1) throw new Error("first time");
      },
      ping: async (payload) => {
        seen.push(Number(payload["id"]));
      },
    },
  });
  await jobs.enqueue(setup.database.system, "flaky", {});
  await vi.waitFor(() => expect(tries).toBe(2), { timeout: 10_000 });

  const admin = createPool({ url: setup.url, role: null, size: 1 });
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await admin.end();
  await vi.waitFor(() => jobs.enqueue(setup.database.system, "ping", { id: 1 }), 5000);
  await vi.waitFor(() => expect(seen).toContain(1), { timeout: 15_000 });
  await worker.stop();
}, 40_000);

type Cuttable = {
  url: string;
  cut(): void;
  mend(): Promise<void>;
  /** As a pooler that waits for its server: nobody's LISTEN arrives. Resolves with the first that does not. */
  keepListeners(): Promise<void>;
};

/** A way to the database that can be cut. */
async function cuttableDatabase(): Promise<Cuttable> {
  const url = new URL(setup.url);
  const folder = url.searchParams.get("host");
  const path = folder === null ? null : `${folder}/.s.PGSQL.${url.port}`;
  const sockets = new Set<Socket>();
  let kept: (() => void) | null = null;
  function listen(port: number): Server {
    return createServer((near) => {
      const far = path === null ? connect(Number(url.port), url.hostname) : connect(path);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => [near, far].forEach((one) => one.destroy()));
      }
      far.pipe(near);
      near.on("data", (bytes: Buffer) => {
        if (kept !== null && bytes.includes("LISTEN")) kept();
        else far.write(bytes);
      });
    }).listen(port, "127.0.0.1");
  }
  let server = listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://${url.username}:${url.password}@127.0.0.1:${port}${url.pathname}`,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    mend: async () => {
      server = listen(port);
      await once(server, "listening");
    },
    keepListeners: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      kept = resolve;
      return promise;
    },
  };
}

test("a worker outlives a database that goes away while jobs run and others are reserved", async () => {
  const database = await cuttableDatabase();
  await enqueueNotes(20);
  const child = await startProcess("patient", 300, database.url);
  await vi.waitFor(async () => expect(await noted("start")).toBeGreaterThan(0), 5000);
  database.cut();
  await pause(3_000);
  await database.mend();
  await pause(1_000);
  expect(child.exitCode).toBeNull();
  await vi.waitFor(async () => expect(await noted("end")).toBe(20), { timeout: 60_000, interval: 200 });
  database.cut();
  child.kill("SIGKILL");
  await once(child, "exit");
}, 90_000);

test("a worker outlives a database that goes away again and again, also while it comes back", async () => {
  const database = await cuttableDatabase();
  await enqueueNotes(20);
  const child = await startProcess("stubborn", 50, database.url);
  await vi.waitFor(async () => expect(await noted("start")).toBeGreaterThan(0), 5000);
  for (let outage = 0; outage < 8; outage += 1) {
    database.cut();
    await pause(300);
    await database.mend();
    // Some of the outages come while the queue starts anew.
    await pause(200 + outage * 200);
  }
  await enqueueNotes(20);
  await vi.waitFor(async () => expect(await noted("end")).toBe(20), { timeout: 30_000, interval: 200 });
  expect(child.exitCode).toBeNull();
  await sql`delete from notes`.execute(setup.database.system);
  await enqueueNotes(20);
  await vi.waitFor(async () => expect(await noted("end")).toBe(20), { timeout: 10_000, interval: 200 });
  database.cut();
  child.kill("SIGKILL");
  await once(child, "exit");
}, 90_000);

test("a worker whose listener waits for a database that then goes away ends in order", async () => {
  const database = await cuttableDatabase();
  const child = await startProcess("deaf", 50, database.url);
  database.cut();
  const listens = database.keepListeners();
  await database.mend();
  await listens;
  child.kill("SIGTERM");
  await pause(500);
  database.cut();
  expect(await once(child, "exit")).toEqual([0, null]);
}, 40_000);
