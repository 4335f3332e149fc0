import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createPool, migrate } from "#platform/db";

const isRoot = process.getuid?.() === 0;
let dataDir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  // As root, a folder below a closed one, like a clone in root's home.
  dataDir = await mkdtemp(join(isRoot ? homedir() : tmpdir(), ".galley-embedded-"));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => end(child, "SIGTERM")));
});
afterAll(async () => {
  const { pid } = await postmaster().catch(() => ({ pid: null }));
  if (pid !== null) {
    try {
      process.kill(pid, "SIGINT");
    } catch {
      // It is gone, as it should be.
    }
    await pause(500);
  }
  await rm(dataDir, { recursive: true, force: true });
});

type Holder = { child: ChildProcess; lines: string[] };

async function start(...more: string[]): Promise<Holder> {
  const child = spawn(process.execPath, ["test/processes/embedded.ts", dataDir, ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.trim().split("\n")));
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), { timeout: 30_000, interval: 10 });
  return { child, lines };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
  return child.exitCode;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const pool = createPool({ url, role: null, size: 1 });
  try {
    const { rows } = await pool.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await pool.end();
  }
}

async function postmaster(): Promise<{ pid: number }> {
  const text = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8");
  return { pid: Number(text.split("\n")[0]) };
}

function urlOf({ lines }: Holder): string {
  const url = lines.find((line) => line.startsWith("postgres://"));
  if (url === undefined) throw new Error(`no address: ${lines.join()}`);
  return url;
}

test("an empty folder becomes a durable database, closed to other accounts", async () => {
  const holder = await start();
  const url = urlOf(holder);
  await migrate(url);
  await query(url, "create table kept (n int)");
  const [settings] = await query(
    url,
    "select current_setting('fsync') as fsync, current_setting('jit') as jit, current_setting('listen_addresses') as tcp, lower('É') as lower",
  );
  expect(settings).toEqual({ fsync: "on", jit: "off", tcp: "", lower: "é" });
  expect((await stat(join(dataDir, "postgres"))).mode & 0o077).toBe(0);
  if (isRoot) expect((await stat(join(dataDir, "postgres"))).uid).not.toBe(0);
  expect(await end(holder.child, "SIGTERM")).toBe(0);
  await expect(postmaster()).rejects.toThrow();
}, 60_000);

test("a second Galley on the folder is refused and told which process has it", async () => {
  const holder = await start();
  const second = await start();
  expect(second.lines.join("\n")).toMatch(
    new RegExp(`^refused: Another Galley \\(galley process ${holder.child.pid}\\)`),
  );
  expect(await query(urlOf(holder), "select 1 as one")).toEqual([{ one: 1 }]);
}, 60_000);

test("of several that start at once exactly one gets the folder", async () => {
  const holders = await Promise.all([start(), start(), start()]);
  const said = holders
    .map(({ lines }) => lines[0] ?? "")
    .toSorted((left, right) => left.localeCompare(right));
  expect(said).toEqual([
    expect.stringMatching(/^postgres:/),
    expect.stringMatching(/^refused: Another Galley/),
    expect.stringMatching(/^refused: Another Galley/),
  ]);
}, 60_000);

test("after kill -9 of Galley its server is adopted, with everything that was committed", async () => {
  const first = await start();
  await query(urlOf(first), "insert into kept values (1)");
  const { pid } = await postmaster();
  await end(first.child, "SIGKILL");
  const second = await start();
  expect((await postmaster()).pid).toBe(pid);
  expect(await query(urlOf(second), "select n from kept")).toEqual([{ n: 1 }]);
  expect(await end(second.child, "SIGTERM")).toBe(0);
}, 60_000);

test("after kill -9 of everything the database recovers", async () => {
  const first = await start();
  await query(urlOf(first), "insert into kept values (2)");
  const { pid } = await postmaster();
  first.child.kill("SIGKILL");
  process.kill(pid, "SIGKILL");
  const second = await start();
  expect(await query(urlOf(second), "select n from kept order by n")).toEqual([{ n: 1 }, { n: 2 }]);
}, 60_000);

test("a lock file whose number another process has taken does not stop the start", async () => {
  const first = await start();
  await end(first.child, "SIGTERM");
  await writeFile(
    join(dataDir, "postgres", "postmaster.pid"),
    `${process.pid}\n/x\n1\n5432\n/nowhere\n\n\nready\n`,
  );
  const second = await start();
  expect(await query(urlOf(second), "select count(*) as n from kept")).toEqual([{ n: 2 }]);
}, 60_000);

test("a server that dies under way comes back on the same address", async () => {
  for (const transport of ["socket", "loopback"]) {
    const holder = await start(transport);
    const { pid } = await postmaster();
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(holder.lines).toContain("back"), { timeout: 20_000, interval: 20 });
    expect(holder.lines).toContain("lost");
    if (transport === "socket") expect(await query(urlOf(holder), "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await end(holder.child, "SIGTERM")).toBe(0);
  }
}, 60_000);
