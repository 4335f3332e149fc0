import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { DatabaseError } from "../errors.ts";
import { serverAccount } from "./account.ts";
import { prepareBinaries } from "./binaries.ts";
import { defaultMaxConnections, ensureCluster, ensurePassword } from "./cluster.ts";
import { becomeOwner, ensureDatabase } from "./owner.ts";
import { type Address, findRunning, type ServerOptions, startServer, stopServer, urlOf } from "./server.ts";

export type EmbeddedPostgres = {
  /** Connection string of the database `galley`, as its superuser. */
  url: string;
  /** Writes everything out and ends the server. */
  stop: () => Promise<void>;
};

export type EmbeddedOptions = {
  /** Absolute; the cluster is its folder `postgres`. */
  dataDir: string;
  /** A unix socket, except on Windows. */
  transport?: "socket" | "loopback";
  /** How many connections it takes; enough for one Galley where it is not said. */
  maxConnections?: number;
  /** Told when the server went away by itself, and again when it is back. */
  onEvent?: (event: "lost" | "back" | "not_back", error?: unknown) => void;
};

const databaseName = "galley";
const patienceMs = 15_000;

/** Adopts the server that runs on the folder or starts one, and owns it; tries again while an old one dies. */
async function bringUp(options: ServerOptions): Promise<{ address: Address; owner: Client }> {
  for (const deadline = Date.now() + patienceMs; ; await pause(200)) {
    try {
      const address = (await findRunning(options)) ?? (await startServer(options));
      return { address, owner: await becomeOwner(urlOf(address, "postgres"), options.dataDir) };
    } catch (error) {
      // Another Galley that started at the same moment, or processes of a killed server that still end.
      const isFinal = error instanceof DatabaseError && !error.retryable;
      if (isFinal || Date.now() > deadline) throw error;
    }
  }
}

/**
 * The built-in PostgreSQL of a data folder, for a command beside its Galley: the server that runs, which
 * `stop` leaves running, or one that is started for the command alone. Null: no cluster is there.
 */
export async function reachEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres | null> {
  if (!existsSync(join(dataDir, "postgres", "PG_VERSION"))) return null;
  const password = usesLoopback() ? await ensurePassword(dataDir) : null;
  const running = await findRunning({ dataDir, password });
  if (running !== null) return { url: urlOf(running, databaseName), stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir });
}

function usesLoopback(): boolean {
  return process.platform === "win32";
}

/**
 * Starts the built-in PostgreSQL on `dataDir`: makes the cluster once, adopts a server that a killed
 * Galley left behind, and refuses (`db.in_use`) while another Galley owns the folder. A server that dies
 * under way is started again.
 */
export async function startEmbeddedPostgres({
  dataDir,
  transport = usesLoopback() ? "loopback" : "socket",
  maxConnections = defaultMaxConnections,
  onEvent = () => undefined,
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const account = await serverAccount(join(dataDir, "postgres"));
  const binaries = await prepareBinaries(dataDir, account);
  const password = transport === "loopback" ? await ensurePassword(dataDir) : null;
  await ensureCluster(dataDir, binaries, account, password);
  const options: ServerOptions = { dataDir, binaries, account, password, port: null, maxConnections };
  const { address, owner } = await bringUp(options);
  const again: ServerOptions = { ...options, port: address.port };
  await ensureDatabase(urlOf(address, "postgres"), databaseName);

  const stopping = new AbortController();
  let current = owner;
  let recovery = Promise.resolve();

  async function recover(): Promise<void> {
    onEvent("lost");
    while (!stopping.signal.aborted) {
      try {
        current = (await bringUp(again)).owner;
        watch(current);
        onEvent("back");
        return;
      } catch (error) {
        onEvent("not_back", error);
        await pause(1000);
      }
    }
  }
  function watch(client: Client): void {
    client.once("end", () => {
      if (!stopping.signal.aborted) recovery = recover();
    });
  }
  watch(owner);

  return {
    url: urlOf(address, databaseName),
    stop: async () => {
      stopping.abort();
      await recovery;
      await current.end().catch(() => undefined);
      await stopServer(dataDir);
      if ("folder" in address) await rm(address.folder, { recursive: true, force: true });
    },
  };
}
