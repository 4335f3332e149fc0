import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DatabaseError } from "../errors.ts";
import { type Account, chownTree } from "./account.ts";
import type { Binaries } from "./binaries.ts";

const execute = promisify(execFile);

export const superuser = "galley";

/** The major version of the packaged binaries; the files of another one cannot be opened. */
const majorVersion = "18";

/** What one Galley needs, with room for the commands beside it. */
export const defaultMaxConnections = 60;

/** Small on memory, safe on disk. An idle server of these settings takes about 25 MB. */
export const serverSettings: Record<string, string> = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  shared_buffers: "24MB",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_logical_replication_workers: "0",
  max_worker_processes: "2",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  autovacuum_max_workers: "1",
  autovacuum_worker_slots: "1",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
};

/**
 * The data folder as the server's own process names it. Started inside the folder, it reaches it through
 * its working directory, so that the folders above (a closed home, say) need not let its account through.
 */
export function folderArgument(folder: string, account: Account | null): string {
  return account !== null && process.platform === "linux" ? "/proc/self/cwd" : folder;
}

/** How a program of PostgreSQL is started: as `account`, with no variables that would change it. */
export function spawnOptions(folder: string, account: Account | null) {
  const path =
    process.platform === "win32" ? { SYSTEMROOT: String.raw`C:\Windows` } : { PATH: "/usr/bin:/bin" };
  return { cwd: folder, env: { TZ: "UTC", LC_ALL: "C", ...path }, ...account };
}

/** The reason that a program could not be started, in words; on musl the program is there and its loader is not. */
export function startFailure(error: unknown): DatabaseError {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
  const program =
    error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : "";
  const output =
    error instanceof Error && "stderr" in error && typeof error.stderr === "string"
      ? error.stderr.trim()
      : "";
  if (isMissing && program !== "" && !existsSync(program)) {
    const message = `The programs of the built-in PostgreSQL were removed while Galley ran (${program}). Start Galley again; it puts them back.`;
    return new DatabaseError({ code: "db.builtin_failed", kind: "unavailable", message, cause: error });
  }
  const message =
    isMissing && process.platform === "linux"
      ? "The built-in PostgreSQL cannot run here: it needs glibc, and this system (Alpine, perhaps) has another C library. Set DATABASE_URL to a PostgreSQL 15 or newer."
      : `The built-in PostgreSQL could not be set up. Its own words: ${output || String(error)}. Mend that, or set DATABASE_URL to a PostgreSQL 15 or newer.`;
  return new DatabaseError({ code: "db.builtin_failed", kind: "unavailable", message, cause: error });
}

async function removeAbandoned(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    try {
      process.kill(Number(pid), 0);
    } catch {
      await rm(join(dataDir, name), { recursive: true, force: true });
    }
  }
}

async function initialise(
  draft: string,
  binaries: Binaries,
  account: Account | null,
  password: string | null,
) {
  await mkdir(draft, { mode: 0o700 });
  const passwordFile = join(draft, "..", `postgres.password-${process.pid}`);
  const passwordArguments = password === null ? [] : [`--pwfile=${passwordFile}`];
  if (password !== null) await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== null) {
    await chownTree(account, draft);
    if (password !== null) await chownTree(account, passwordFile);
  }
  try {
    await execute(
      binaries.initdb,
      [
        `--pgdata=${folderArgument(draft, account)}`,
        `--username=${superuser}`,
        `--auth=${password === null ? "trust" : "scram-sha-256"}`,
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        // Named, so that initdb does not try out what the machine allows.
        `--set=max_connections=${defaultMaxConnections}`,
        "--set=shared_buffers=24MB",
        ...passwordArguments,
      ],
      spawnOptions(draft, account),
    );
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw startFailure(error);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Makes the cluster's folder if there is none. It appears complete or, after a crash, not at all. */
export async function ensureCluster(
  dataDir: string,
  binaries: Binaries,
  account: Account | null,
  password: string | null,
): Promise<void> {
  const folder = join(dataDir, "postgres");
  await removeAbandoned(dataDir);
  const version = await readFile(join(folder, "PG_VERSION"), "utf8").catch(() => null);
  if (version === null) {
    const draft = join(dataDir, `postgres.new-${process.pid}`);
    await initialise(draft, binaries, account, password);
    await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
      await rm(draft, { recursive: true });
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    return;
  }
  if (version.trim() !== majorVersion) {
    throw new DatabaseError({
      code: "db.builtin_version",
      kind: "unavailable",
      message: `${folder} was written by PostgreSQL ${version.trim()}, and this Galley brings ${majorVersion}. Start the Galley that wrote it, or restore a backup into an empty DATA_DIR.`,
    });
  }
  if (account !== null) await chownTree(account, folder);
  // The server refuses a folder that others may enter, as a copied one may be.
  await chmod(folder, 0o700);
}

/** The superuser's password where the server listens on loopback, kept beside the cluster. */
export async function ensurePassword(dataDir: string): Promise<string> {
  const path = join(dataDir, "postgres.password");
  const stored = await readFile(path, "utf8").catch(() => null);
  if (stored !== null) return stored;
  await writeFile(path, randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  return readFile(path, "utf8");
}
