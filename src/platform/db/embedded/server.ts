import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { chmod, chown, lstat, mkdir, open, readFile, realpath, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "#platform/http-client";
import { DatabaseError } from "../errors.ts";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { folderArgument, serverSettings, spawnOptions, startFailure, superuser } from "./cluster.ts";

/** Where a server listens: a unix socket in a closed folder, or loopback with a password (Windows). */
export type Address = { folder: string; port: number } | { password: string; port: number };

const socketPort = 5432;
const startWithinMs = 30_000;
const largestLog = 5 * 1024 * 1024;

/** The connection string of one of the server's databases. */
export function urlOf(address: Address, database: string): string {
  if ("folder" in address) {
    const host = encodeURIComponent(address.folder);
    return `postgres://${superuser}@localhost:${address.port}/${database}?host=${host}`;
  }
  return `postgres://${superuser}:${address.password}@127.0.0.1:${address.port}/${database}`;
}

/** A closed folder with a path short enough for a socket (107 bytes), the same on every start. */
async function socketFolder(dataDir: string, account: Account | null): Promise<string> {
  const owner = account?.uid ?? process.getuid?.() ?? 0;
  const name = `galley-${createHash("sha256")
    .update(`${owner} ${await realpath(dataDir)}`)
    .digest("hex")
    .slice(0, 16)}`;
  const folder = join(tmpdir().length > 70 ? "/tmp" : tmpdir(), name);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  // Anybody may write to the folder above; what another user put there is not ours.
  if (!found.isDirectory() || (found.uid !== owner && found.uid !== process.getuid?.())) {
    throw new DatabaseError({
      code: "db.socket_folder",
      kind: "unavailable",
      message: `${folder} belongs to another user. Remove it, or set TMPDIR to another folder.`,
    });
  }
  if (account !== null) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
  return folder;
}

/** Whom `postmaster.pid` names (PostgreSQL's `miscadmin.h`, "data directory lock file"); null without one. */
async function recordedServer(
  cluster: string,
): Promise<{ pid: number; port: number; folder: string } | null> {
  const lines = (await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const [pid, port, folder] = [Number(lines[0]), Number(lines[3]), lines[4] ?? ""];
  return pid > 1 && port > 0 ? { pid, port, folder } : null;
}

/** False when the process is gone, or (told on Linux) is something else that took its number. */
async function isServerProcess(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  const [command, state] = await Promise.all([
    readFile(`/proc/${pid}/comm`, "utf8").catch(() => ""),
    readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
  ]);
  return command.trim() === "postgres" && !/\) [ZX] /.test(state);
}

async function canConnect(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function logTail(path: string, from: number): Promise<string> {
  return (await text(createReadStream(path, { start: from }))).trim().split("\n").slice(-5).join("\n");
}

export type ServerOptions = {
  dataDir: string;
  binaries: Binaries;
  account: Account | null;
  /** Null: listen on a unix socket. */
  password: string | null;
  /** The port to listen on again, so that addresses stay valid; null: any free one. */
  port: number | null;
  maxConnections: number;
};

/** The server of an earlier Galley that was killed, if it still runs and answers. */
export async function findRunning({
  dataDir,
  password,
}: Pick<ServerOptions, "dataDir" | "password">): Promise<Address | null> {
  const recorded = await recordedServer(join(dataDir, "postgres"));
  if (recorded === null || !(await isServerProcess(recorded.pid))) return null;
  const { port, folder } = recorded;
  const address = password === null ? { folder, port } : { password, port };
  // It may be starting or stopping at this moment.
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await pause(50)) {
    if (await canConnect(urlOf(address, "postgres"))) return address;
    if (!(await isServerProcess(recorded.pid))) return null;
  }
  return null;
}

/** Starts the server and waits until it answers. Its log is `postgres.log` in the data folder. */
export async function startServer(options: ServerOptions): Promise<Address> {
  const { dataDir, binaries, account, password, maxConnections } = options;
  const cluster = join(dataDir, "postgres");
  const logPath = join(dataDir, "postgres.log");
  const recorded = await recordedServer(cluster);
  // A number that another process took over would make the server believe that it runs already.
  if (recorded !== null && !(await isServerProcess(recorded.pid)))
    await rm(join(cluster, "postmaster.pid"), { force: true });

  const address: Address =
    password === null
      ? { folder: await socketFolder(dataDir, account), port: socketPort }
      : { password, port: options.port ?? (await freePort("127.0.0.1")) };
  const listening: Record<string, string> =
    "folder" in address
      ? { listen_addresses: "", unix_socket_directories: address.folder, unix_socket_permissions: "0700" }
      : { listen_addresses: "127.0.0.1", unix_socket_directories: "" };
  const settings = Object.entries({
    ...serverSettings,
    ...listening,
    port: String(address.port),
    max_connections: String(maxConnections),
  });
  const parameters = settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]);

  const logged = await stat(logPath).catch(() => null);
  if (logged !== null && logged.size > largestLog) await truncate(logPath);
  const log = await open(logPath, "a", 0o600);
  const logStart = (await log.stat()).size;
  try {
    const server = spawn(binaries.postgres, ["-D", folderArgument(cluster, account), ...parameters], {
      ...spawnOptions(cluster, account),
      // Ctrl-C in a terminal goes to a whole process group; the server must outlive our last query.
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      windowsHide: true,
    });
    server.unref();
    const ended = once(server, "exit").then(
      () => "ended" as const,
      (error: unknown) => startFailure(error),
    );
    for (const deadline = Date.now() + startWithinMs; Date.now() < deadline;) {
      if (await canConnect(urlOf(address, "postgres"))) return address;
      const end = await Promise.race([ended, pause(20)]);
      if (end instanceof DatabaseError) throw end;
      if (end === "ended") break;
    }
    throw new DatabaseError({
      code: "db.builtin_failed",
      kind: "unavailable",
      retryable: true,
      message: `The built-in PostgreSQL did not start. The end of ${logPath}:\n${await logTail(logPath, logStart)}`,
    });
  } finally {
    await log.close();
  }
}

/** Stops the server: it ends its connections, writes everything out and exits. */
export async function stopServer(dataDir: string): Promise<void> {
  const recorded = await recordedServer(join(dataDir, "postgres"));
  if (recorded === null || !(await isServerProcess(recorded.pid))) return;
  // SIGINT is PostgreSQL's "fast shutdown".
  process.kill(recorded.pid, "SIGINT");
  for (const deadline = Date.now() + startWithinMs; Date.now() < deadline; await pause(20)) {
    if (!(await isServerProcess(recorded.pid))) return;
  }
}
