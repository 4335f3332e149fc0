import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The acceptance tests import nothing from src/: they could test a rewrite.

const repository = join(import.meta.dirname, "../..");

export type ServerProcess = {
  url: string;
  /** The folder with its database, key, media and journals. */
  dataDir: string;
  process: ChildProcess;
  /** SIGTERM, then the exit code. */
  stop: () => Promise<number | null>;
  /** SIGKILL to the server; its PostgreSQL stays behind, as after a crash. */
  kill: () => Promise<void>;
};

export type ServerOptions = {
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
  /** Milliseconds until it must have said that it is ready. */
  patience?: number;
};

/** A new empty folder below the system's temporary one, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "galley-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * Starts `node src/main.ts serve` with an environment of its own and waits for the line with the
 * address. Throws with what it printed when it ends before, or when patience ends.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { dataDir, port = 0, env = {}, patience = 60_000 } = options;
  const child = spawn(process.execPath, ["src/main.ts", "serve"], {
    cwd: repository,
    env: { PATH: process.env["PATH"], HOME: dataDir, DATA_DIR: dataDir, PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
  });
  let printed = "";
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => fail(`was not ready after ${patience} ms`), patience);
    function fail(why: string): void {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`the server ${why}:\n${printed.slice(-4000)}`));
    }
    function read(chunk: Buffer): void {
      printed = (printed + chunk.toString()).slice(-20_000);
      const address = /ready at (\S+)/.exec(printed)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    }
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then((code) => fail(`ended with ${String(code)}`));
  });
  return {
    url,
    dataDir,
    process: child,
    stop: async () => {
      child.kill("SIGTERM");
      return ended;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
