import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

/** A whole Galley in a process of its own, as a person starts it. */
export type GalleyProcess = {
  child: ChildProcess;
  url: string;
  /** Everything that it wrote, to both streams. */
  output: () => string;
  /** Sends the signal and waits for the end; the exit code, null when the signal itself ended it. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
};

export type GalleyOptions = {
  dataDir: string;
  command?: string;
  environment?: Record<string, string>;
};

const startWithinMs = 40_000;
const mostStarts = 3;
/** The number that was free a moment before. */
const takenPort = "another program uses it";
const readyLine = /Galley is ready at (\S+)|Galley's worker runs/;

/** Starts `node bin/galley.mjs` on a free port and waits for its line; a process that ends first is an error. */
export async function startGalleyProcess(options: GalleyOptions, starts = 1): Promise<GalleyProcess> {
  const { dataDir, command = "serve", environment = {} } = options;
  const child = spawn(process.execPath, ["bin/galley.mjs", command], {
    env: { PATH: "/usr/bin:/bin", PORT: "0", DATA_DIR: dataDir, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
  }
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }
  for (const deadline = Date.now() + startWithinMs; Date.now() < deadline; await pause(10)) {
    const line = readyLine.exec(written);
    if (line) return { child, url: line[1] ?? "", output: () => written, end };
    if (child.exitCode === null) continue;
    const isUnlucky = environment["PORT"] === undefined && written.includes(takenPort);
    if (isUnlucky && starts < mostStarts) return startGalleyProcess(options, starts + 1);
    throw new Error(`Galley ended with ${child.exitCode}: ${written}`);
  }
  await end("SIGKILL");
  throw new Error(`Galley did not start: ${written}`);
}

const postmasterFile = z.coerce.number().int().positive();

/** The number of the built-in server's process from the text of `postmaster.pid`. */
export function postmasterOf(text: string): number {
  return postmasterFile.parse(text.split("\n")[0]);
}
