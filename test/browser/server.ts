import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Database } from "#platform/db";
import { testDatabase } from "../database.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type RunningServer = { url: string; database: Database; close: () => Promise<void> };

/** Galley as a person starts it: a process of its own with the built dashboard, on a free port and new data. */
export async function startServer(more: Record<string, string> = {}): Promise<RunningServer> {
  const build = spawn(process.execPath, ["scripts/build-web.ts"], { cwd: root, stdio: "inherit" });
  const [code] = await once(build, "exit");
  if (code !== 0) throw new Error("the dashboard does not build");

  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "galley-browser-"));
  const server = spawn(process.execPath, ["bin/galley.mjs", "serve"], {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      PORT: "0",
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      LOG_LEVEL: "error",
      ...more,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    url: await addressOf(createInterface({ input: server.stdout })),
    database: database.database,
    close: async () => {
      server.kill("SIGTERM");
      await once(server, "exit");
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const address = /ready at (http:\S+)/u.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error("the server ended before it was ready");
}
