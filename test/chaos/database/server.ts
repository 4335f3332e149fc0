import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Client } from "pg";
import { freePort } from "#platform/http-client";
import { chownTree, serverAccount } from "../../../src/platform/db/embedded/account.ts";
import { prepareBinaries } from "../../../src/platform/db/embedded/binaries.ts";
import {
  ensureCluster,
  folderArgument,
  serverSettings,
  spawnOptions,
  superuser,
} from "../../../src/platform/db/embedded/cluster.ts";
import { ensureDatabase } from "../../../src/platform/db/embedded/owner.ts";
import { childrenOf, signalTo } from "../processes.ts";

/** A PostgreSQL of the harness's own, of Galley's binaries: on loopback, and able to feed a standby. */
export type Postgres = {
  /** Its folder; the cluster is `postgres` in it. */
  directory: string;
  port: number;
  /** Rows of one statement, by the superuser in Galley's database. */
  query(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /**
   * The cluster's files as a crash at this moment would leave them, in another folder: all of its processes stand
   * still while they are copied.
   */
  copyTo(directory: string): Promise<void>;
  /** SIGKILL to all of its processes, as when the power fails. */
  kill(): Promise<void>;
  /** Writes everything out and ends. */
  stop(): Promise<void>;
};

const databaseName = "galley";
const host = "127.0.0.1";
const startWithinMs = 30_000;
const execute = promisify(execFile);

const settings = {
  ...serverSettings,
  wal_level: "replica",
  max_wal_senders: "4",
  wal_keep_size: "256MB",
  hot_standby: "on",
  wal_retrieve_retry_interval: "200ms",
  // In its own folder, which goes with it: a server that is killed leaves what it had of shared memory.
  dynamic_shared_memory_type: "mmap",
  listen_addresses: host,
  unix_socket_directories: "",
  max_connections: "120",
};

/** Galley's database, or another one of the server. */
export function urlAt(port: number, database = databaseName): string {
  return `postgres://${superuser}@${host}:${port}/${database}`;
}

/**
 * Starts a server on the cluster in `directory`, which is made where there is none.
 *
 * @param primaryPort where a standby finds its primary; null: this is no standby
 */
export async function startPostgres(directory: string, primaryPort: number | null = null): Promise<Postgres> {
  await mkdir(directory, { recursive: true });
  const cluster = join(directory, "postgres");
  const account = await serverAccount(cluster);
  const binaries = await prepareBinaries(directory, account);
  await ensureCluster(directory, binaries, account, null);
  const standbySignal = join(cluster, "standby.signal");
  if (primaryPort === null) await rm(standbySignal, { force: true });
  else await writeFile(standbySignal, "");
  if (account !== null) await chownTree(account, cluster);

  const port = await freePort(host);
  const all = {
    ...settings,
    port: String(port),
    ...(primaryPort === null
      ? {}
      : { primary_conninfo: `host=${host} port=${primaryPort} user=${superuser} application_name=standby` }),
  };
  const parameters = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await open(join(directory, "postgres.log"), "a");
  const child = spawn(binaries.postgres, ["-D", folderArgument(cluster, account), ...parameters], {
    ...spawnOptions(cluster, account),
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  const ended = once(child, "exit");
  await log.close();
  const own = urlAt(port, "postgres");
  if (!(await isUp(child, own))) {
    const lines = (await readFile(join(directory, "postgres.log"), "utf8")).split("\n");
    throw new Error(`PostgreSQL did not start:\n${lines.slice(-10).join("\n")}`);
  }
  if (primaryPort === null) await ensureDatabase(own, databaseName);

  async function end(signal: "SIGINT" | "SIGKILL"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const children = signal === "SIGKILL" ? childrenOf(child.pid) : [];
    // The parent first, or it would start them anew.
    child.kill(signal);
    for (const pid of children) signalTo(pid, "SIGKILL");
    await ended;
  }

  return {
    directory,
    port,
    query: (statement, values = []) => queryAt(urlAt(port), statement, values),
    copyTo: async (target) => {
      await mkdir(target, { recursive: true });
      child.kill("SIGSTOP");
      const children = childrenOf(child.pid);
      for (const pid of children) signalTo(pid, "SIGSTOP");
      try {
        await execute("cp", ["--archive", "--reflink=auto", cluster, join(target, "postgres")]);
      } finally {
        for (const pid of children) signalTo(pid, "SIGCONT");
        child.kill("SIGCONT");
      }
      for (const name of ["postmaster.pid", "postmaster.opts"])
        await rm(join(target, "postgres", name), { force: true });
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGINT"),
  };
}

/** One statement on a connection of its own. */
async function queryAt(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until a server that was started answers; false where it ended or takes too long. */
export async function isUp(child: ChildProcess, url: string): Promise<boolean> {
  for (const deadline = performance.now() + startWithinMs; performance.now() < deadline; await pause(30)) {
    const answers = await queryAt(url, "select 1").then(
      () => true,
      () => false,
    );
    if (answers) return true;
    if (child.exitCode !== null || child.signalCode !== null) return false;
  }
  return false;
}
