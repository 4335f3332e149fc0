import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import type { Database } from "#platform/db";
import { runCli } from "../../src/edge/cli/index.ts";
import { describeContracts } from "../../src/edge/http/docs/describe.ts";
import { testDatabase } from "./database.ts";
import { type GalleyProcess, startGalleyProcess } from "./galley.ts";

type Outcome = { code: number; out: string; err: string };

export type CommandLine = {
  /** Where commands run and sessions are kept. */
  folder: string;
  galley: GalleyProcess;
  database: Database;
  /** Runs one command as a script would: no terminal, `input` on standard input. */
  run: (
    argv: string[],
    input?: string | Uint8Array,
    environment?: Record<string, string | undefined>,
  ) => Promise<Outcome>;
  close: () => Promise<void>;
};

/** A whole Galley on a database of its own, and the command line that speaks to it. Close it in `afterAll`. */
export async function startCommandLine(): Promise<CommandLine> {
  const folder = await mkdtemp(path.join(tmpdir(), "galley-cli-"));
  const db = await testDatabase();
  const galley = await startGalleyProcess({
    dataDir: path.join(folder, "data"),
    environment: { DATABASE_URL: db.url, LOG_LEVEL: "silent" },
  });
  return {
    folder,
    galley,
    database: db.database,
    async run(argv, input = "", environment = {}) {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      stdin.end(input);
      const code = await runCli(argv, {
        stdin,
        stdout,
        stderr,
        environment: { GALLEY_SERVER: galley.url, XDG_CONFIG_HOME: folder, ...environment },
        folder,
        version: "1.2.3",
        describeApi: (publicUrl) => describeContracts({ version: "1.2.3", publicUrl }),
      });
      return { code, out: textIn(stdout), err: textIn(stderr) };
    },
    async close() {
      await galley.end("SIGTERM");
      await db.close();
      await rm(folder, { recursive: true });
    },
  };
}

function textIn(stream: PassThrough): string {
  return String(stream.read() ?? "");
}
