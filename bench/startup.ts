import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { getJson } from "../test/support/requests.ts";
import { treeMegabytes } from "./process-tree.ts";

// How long Galley takes from its command to a ready server, and what it holds in memory when idle:
// node bench/startup.ts. Read the ratios; the figures beside them depend on the machine and its load.

const rounds = 5;
const idleMs = 15_000;

type Measured = { seconds: number; megabytes: number | null };

/** From the start of the process until `/ready` says so. */
async function measure(script: string[], dataDir: string, isIdle: boolean): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, script, {
    env: { PATH: "/usr/bin:/bin", PORT: "0", DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = /ready at (\S+)/.exec(line.toString())?.[1] ?? "";
    while ((await getJson(`${url}/ready`)).status !== 200) await pause(2);
    const seconds = (performance.now() - started) / 1000;
    if (isIdle) await pause(idleMs);
    return { seconds, megabytes: isIdle && child.pid !== undefined ? await treeMegabytes(child.pid) : null };
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function inTurns(work: () => Promise<Measured>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push((await work()).seconds);
  return median(seconds);
}

const galley = ["bin/galley.mjs", "serve"];
const bare = ["bench/bare-server.ts"];
const folder = await mkdtemp(join(tmpdir(), "galley-bench-"));
try {
  // Compiles once, as any second start finds it.
  await measure(galley, join(folder, "warm"), false);
  let fresh = 0;
  const empty = await inTurns(() => measure(galley, join(folder, `fresh-${fresh++}`), false));
  const existing = await inTurns(() => measure(galley, join(folder, "warm"), false));
  const floor = await inTurns(() => measure(bare, folder, false));
  const idle = (await measure(galley, join(folder, "warm"), true)).megabytes ?? Number.NaN;
  const bareIdle = (await measure(bare, folder, true)).megabytes ?? Number.NaN;
  const rows = [
    {
      what: "start on an empty folder",
      measured: `${empty.toFixed(2)} s`,
      limit: "5 s",
      floor,
      value: empty,
    },
    {
      what: "start on existing data",
      measured: `${existing.toFixed(2)} s`,
      limit: "2 s",
      floor,
      value: existing,
    },
    {
      what: "idle, with PostgreSQL",
      measured: `${idle.toFixed(0)} MB`,
      limit: "250 MB",
      floor: bareIdle,
      value: idle,
    },
  ];
  console.table(
    rows.map(({ what, measured, limit, floor, value }) => ({
      what,
      "times bare Fastify": Number((value / floor).toFixed(1)),
      measured,
      limit,
    })),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
