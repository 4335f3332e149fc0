import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { LifetimePlan } from "./failpoints/register.ts";

export type WorkerEvents = {
  loaded(file: string): void;
  passed(failpoint: number): void;
  /** It died at this failpoint; null: at a moment that the harness chose. */
  killed(failpoint: number | null): void;
  stopped(failpoint: number): void;
  /** At this failpoint of its the database is to crash. */
  databaseCrash(failpoint: number): void;
  /** It ended by itself, which none may. */
  ended(output: string): void;
};

/** What one lifetime of a worker is to be. */
export type Lifetime = {
  /** From so long after the beginning of its service; negative: while it starts. */
  arms: (Omit<LifetimePlan["arms"][number], "fromMs" | "since"> & { afterMs: number })[];
  skewMs: number;
  /** After this long in service it is killed wherever it is. */
  liveMs: number;
  /** How long it stands still at a failpoint that stops it. */
  standMs: number;
  /** SIGTERM: it may finish what it has begun, for a while. */
  end: "SIGKILL" | "SIGTERM";
};

export type Workers = {
  /** From now on no worker dies or stands still. */
  calm(): void;
  /** Ends all for good. */
  close(): Promise<void>;
};

const startsWithinMs = 30_000;
const usualStartMs = 1_200;
const zombieMs = 3_000;
const farewellMs = 8_000;
const restartMs = 1_000;
const command = [
  "--disable-warning=ExperimentalWarning",
  "--import",
  import.meta.resolve("./failpoints/register.ts"),
  "src/app/main.ts",
  "worker",
];

/** Long enough to wait out any window. */
export const longLifetime: Lifetime = { arms: [], skewMs: 0, liveMs: 90_000, standMs: 0, end: "SIGTERM" };

const calmLifetime: Lifetime = { arms: [], skewMs: 0, liveMs: Infinity, standMs: 0, end: "SIGTERM" };

/** Waits for a time, a signal or an end, whichever comes first. */
async function until(ms: number, signals: AbortSignal[], gone: Promise<void>): Promise<void> {
  const early = new AbortController();
  const signal = AbortSignal.any([...signals, early.signal]);
  const waited = pause(Math.min(ms, 2 ** 31 - 1), undefined, { signal }).catch(() => undefined);
  await Promise.race([waited, gone]);
  early.abort();
}

/** Keeps `count` worker processes alive, each lifetime by a plan of its own. */
export function startWorkers(options: {
  count: number;
  directory: string;
  /** The product with failpoints. */
  tree: string;
  environment: Record<string, string>;
  nextLifetime(slot: number): Lifetime;
  events: WorkerEvents;
}): Workers {
  const { directory, tree, environment, events } = options;
  /** How long a start takes on this machine now: a moving mean. */
  let startMs = 1_500;
  const closing = new AbortController();
  const calming = new AbortController();
  const slots = Array.from({ length: options.count }, (_, slot) => keepAlive(slot));

  async function keepAlive(slot: number): Promise<void> {
    while (!closing.signal.aborted) {
      await serveOnce(slot, calming.signal.aborted ? calmLifetime : options.nextLifetime(slot));
    }
  }

  async function serveOnce(slot: number, lifetime: Lifetime): Promise<void> {
    const planFile = join(directory, `plan-${slot}.json`);
    // On a busy machine lifetimes are longer, or nobody would get anywhere.
    const slowness = Math.max(1, startMs / usualStartMs);
    const arms = lifetime.arms.map(({ afterMs, ...arm }) =>
      afterMs < 0
        ? { ...arm, since: "birth" as const, fromMs: Math.max(0, startMs + afterMs * slowness) }
        : { ...arm, since: "service" as const, fromMs: afterMs * slowness },
    );
    const plan: LifetimePlan = { arms, skewMs: lifetime.skewMs };
    writeFileSync(planFile, JSON.stringify(plan));
    const child = spawn(process.execPath, command, {
      cwd: tree,
      env: {
        PATH: "/usr/bin:/bin",
        CHAOS_PLAN: planFile,
        NODE_COMPILE_CACHE: join(directory, "compiled"),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const born = performance.now();
    let output = "";
    let isExpected = false;
    let stands: "no" | "now" | "did" = "no";
    const ready = Promise.withResolvers<void>();
    /** It was told to end at a failpoint. */
    const leaving = new AbortController();
    const gone = new Promise<void>((resolve) => {
      child.once("close", () => resolve());
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-10_000);
        if (!text.includes("worker runs")) return;
        startMs += (performance.now() - born - startMs) / 4;
        ready.resolve();
      });
    }
    createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
      const [, what, number = ""] = /^(.*) (\S+)$/.exec(line) ?? [];
      if (what === "loaded") events.loaded(number);
      const failpoint = Number(number);
      if (what === "database crash") events.databaseCrash(failpoint);
      if (what === "passed") events.passed(failpoint);
      if (what === "SIGKILL") {
        isExpected = true;
        events.killed(failpoint);
      }
      if (what === "SIGTERM") {
        isExpected = true;
        leaving.abort();
      }
      if (what === "SIGSTOP") {
        stands = "now";
        events.stopped(failpoint);
        setTimeout(() => {
          stands = "did";
          child.kill("SIGCONT");
        }, lifetime.standMs);
      }
    });

    async function killInTime(): Promise<void> {
      await Promise.race([ready.promise, gone, pause(startsWithinMs)]);
      const ends =
        lifetime === calmLifetime ? [closing.signal] : [calming.signal, closing.signal, leaving.signal];
      await until(lifetime.liveMs * slowness, ends, gone);
      // oxlint-disable-next-line no-unmodified-loop-condition -- what the worker tells sets it
      while (stands === "now" && !closing.signal.aborted) await pause(50);
      // Back from standing still, it goes on where it was: that is what this is about.
      if (stands === "did") await until(zombieMs, [closing.signal], gone);
      if (child.exitCode !== null || child.signalCode !== null) return;
      isExpected = true;
      if ((leaving.signal.aborted || lifetime.end === "SIGTERM") && !closing.signal.aborted) {
        if (!leaving.signal.aborted) child.kill("SIGTERM");
        await until(farewellMs, [closing.signal], gone);
      }
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (!closing.signal.aborted) events.killed(null);
      child.kill("SIGKILL");
    }
    await Promise.all([gone, killInTime()]);
    if (isExpected) return;
    events.ended(output);
    // As whoever keeps services running waits; without, starts alone would keep the machine busy while no database is there.
    await pause(restartMs);
  }

  return {
    calm: () => calming.abort(),
    close: async () => {
      closing.abort();
      await Promise.all(slots);
    },
  };
}
