import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Database } from "#platform/db";
import { testDatabase } from "../support/database.ts";
import { type GalleyProcess, startGalleyProcess } from "../support/galley.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type Process = { url: string; close: () => Promise<void> };

export type RunningServer = Process & {
  database: Database;
  /** Another process for the API, on the same database and data. */
  startBeside: (environment?: Record<string, string>) => Promise<Process>;
};

/** Galley as a person starts it, with the built dashboard and new data, on a database of this run. */
export async function startServer(more: Record<string, string> = {}): Promise<RunningServer> {
  const database = await testDatabase();
  const server = await startWithDashboard({ DATABASE_URL: database.url, ...more });
  return {
    url: server.url,
    database: database.database,
    startBeside: async (environment) => {
      const beside = await startGalleyProcess({
        dataDir: server.dataDir,
        command: "api",
        environment: { LOG_LEVEL: "error", DATABASE_URL: database.url, ...more, ...environment },
      });
      return { url: beside.url, close: async () => void (await beside.end("SIGTERM")) };
    },
    close: async () => {
      await server.close();
      await database.close();
    },
  };
}

/** The same outside of a run of tests: without a `DATABASE_URL` on its built-in PostgreSQL. */
export async function startWithDashboard(
  environment: Record<string, string>,
): Promise<Process & { dataDir: string }> {
  await buildDashboard();
  const dataDir = await mkdtemp(join(tmpdir(), "galley-browser-"));
  const server: GalleyProcess = await startGalleyProcess({
    dataDir,
    environment: { LOG_LEVEL: "error", ...environment },
  });
  server.child.stderr?.pipe(process.stderr);
  return {
    url: server.url,
    dataDir,
    close: async () => {
      await server.end("SIGTERM");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function buildDashboard(): Promise<void> {
  const build = spawn(process.execPath, ["scripts/build-web.ts"], { cwd: root, stdio: "inherit" });
  const [code] = await once(build, "exit");
  if (code !== 0) throw new Error("the dashboard does not build");
}
