import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../acceptance/client.ts";
import { type Written, writePosts } from "./author.ts";
import type { Coverage } from "./coverage.ts";
import type { Instrumented } from "./failpoints/places.ts";
import { plantTree } from "./failpoints/tree.ts";
import { type Asked, startFaultSchedule, type FaultKind } from "./fault-schedule.ts";
import { type Harness, openHarness } from "./harness.ts";
import { judge, type Outcome, reasons, unsettled } from "./judge.ts";
import { planLifetimes } from "./lifetimes.ts";
import { castPersonas, nobodyCast } from "./personas.ts";
import { type Bounds, startPlatforms, type Target } from "./platforms.ts";
import { longLifetime, startWorkers } from "./workers.ts";

export type RunOptions = {
  posts: number;
  /** How many more for one channel come due in one moment, while all others are out. */
  burst?: number;
  seed: number;
  workers: number;
  /** How long a worker serves on average before something befalls it, in milliseconds. */
  lifetimeMs: number;
  /** What may happen. */
  kinds: ReadonlySet<FaultKind>;
  /** Ids of the platforms that are published to. */
  platforms: readonly string[];
  /** Names of the personas that accounts get; empty: all are alike. */
  personas: readonly string[];
  /** Of each platform that knows personas; the fewer, the longer their lists. */
  accounts?: number;
  bounds: Bounds;
  instrumented: Instrumented;
  coverage: Coverage;
  /** Failpoints at which workers stand still. */
  standAt: readonly number[];
  /** How long everything may take to come to an end once nothing dies any more. */
  settleWithinMs: number;
  say: (line: string) => void;
};

export type RunResult = Outcome & {
  written: { wanted: number; unwanted: number };
  asked: Asked;
  databaseCrashes: number;
  restores: number;
  faultBursts: number;
  unsettled: Map<string, number>;
  crashedWorkers: string[];
  /** The instrumented sources that workers ran, by their paths. */
  loaded: ReadonlySet<string>;
  seconds: number;
};

const marginSeconds = 1;
const concurrency = 80;
/** The database stays so much longer than a worker. */
const livesPerDatabase = 16;
const accountsWithPersonas = 12;

/** Publishes posts while everything around them breaks, and judges what became of them. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { posts, seed, kinds, bounds, burst = 0, instrumented, coverage, say } = options;
  const random = seededRandom(seed);
  const started = performance.now();
  const directory = await mkdtemp(join(tmpdir(), "galley-chaos-"));
  const tree = join(directory, "tree");
  await plantTree(process.cwd(), tree, instrumented);
  const platforms = await startPlatforms(directory, bounds, options.platforms);
  const hasPersonas = options.personas.length > 0;
  if (hasPersonas) {
    const { accounts = accountsWithPersonas } = options;
    platforms.targets.splice(
      0,
      Infinity,
      ...platforms.targets.map((target) => mostlyPersonas(target, accounts)),
    );
  }
  const harness = await openHarness(directory, platforms);
  const cast = hasPersonas
    ? await castPersonas(harness, options.personas, bounds, seededRandom(seed + 3))
    : nobodyCast;
  const crashedWorkers: string[] = [];
  const loaded = new Set<string>();

  /** Longer than the lease, the window and a second sending by another worker. */
  // Long lists take a while to read, and all of a look happens in one lease.
  const leaseSeconds = hasPersonas ? 10 : 3;
  const standMs = leaseSeconds * 1_000 + bounds.windowMs + 4_000;
  const { standAt, lifetimeMs } = options;
  const schedule = startFaultSchedule({
    harness,
    platforms,
    cast,
    looks: hasPersonas,
    kinds,
    databaseEveryMs: livesPerDatabase * lifetimeMs,
    random: seededRandom(seed + 1),
  });
  const nextLifetime = planLifetimes({
    kinds,
    workers: options.workers,
    meanMs: lifetimeMs,
    standAt,
    standMs,
    coverage,
    random,
  });
  const workers = startWorkers({
    count: options.workers,
    directory,
    tree,
    // A quarantine ends with what a process has watched for a whole window, so one of them is left in peace.
    nextLifetime: (slot) => (slot === 0 && schedule.isQuarantined() ? longLifetime : nextLifetime()),
    environment: {
      ...platforms.environment,
      GALLEY_MODE: "test",
      GALLEY_KEY: harness.key,
      DATA_DIR: harness.dataDir,
      DATABASE_URL: harness.databaseUrl,
      DATABASE_POOL_SIZE: "3",
      JOB_CONCURRENCY: "3",
      DELIVERY_CONCURRENCY: String(concurrency),
      DELIVERY_LEASE_SECONDS: String(leaseSeconds),
      DELIVERY_MARGIN_SECONDS: String(marginSeconds),
      DELIVERY_MINIMUM_WINDOW_SECONDS: "1",
      LOG_LEVEL: "fatal",
    },
    events: {
      loaded: (file) => loaded.add(file),
      passed: (failpoint) => coverage.passed(failpoint),
      killed: (failpoint) => coverage.killed(failpoint),
      stopped: (failpoint) => coverage.stopped(failpoint),
      databaseCrash: () => void schedule.crashDatabase(),
      // A start while the database starts may end, and whoever keeps Galley running starts it again. Later it may not.
      ended: (output) => {
        if (output.includes("Galley's worker runs")) crashedWorkers.push(output);
      },
    },
  });
  const written: Written = { wanted: [], unwanted: 0 };
  const stop = new AbortController();
  async function tellProgress(): Promise<void> {
    const open = await unsettled(harness).catch(() => new Map<string, number>());
    const { awaits, passed, killedAt, kills, killsAnywhere, stops } = coverage.counts();
    const left = [...open].map(([state, count]) => `${count} ${state}`).join(", ");
    say(
      `${seconds(started)} s: ${written.wanted.length} ordered (${left}), ${kills} kills (${killsAnywhere} at no failpoint), ${stops} stops, ` +
        `awaits ${awaits}, passed ${passed}, killed at ${killedAt}`,
    );
  }
  const progress = setInterval(() => void tellProgress(), 10_000);
  try {
    // Many of them wait for another try; the others are to keep the workers busy.
    const backlog = options.workers * concurrency * 10;
    // A few posts only would wait for the minute.
    const ahead = posts < 2_000 ? 0 : 40;
    await writePosts(
      {
        harness,
        random: seededRandom(seed + 2),
        count: posts,
        backlog,
        ahead,
        burst,
        cast,
        signal: stop.signal,
      },
      written,
    );
    if (burst > 0) await settle(harness, (open) => open === 0, 120_000);
    await settle(harness, (open) => open <= posts / 20, 20_000);
    workers.calm();
    await schedule.calm();
    await settleAll(harness, options.settleWithinMs);
    // What a worker that stood still may yet send, and what a platform brings up late.
    await pause(standMs + bounds.latestMs);
    await schedule.close();
    const left = await unsettled(harness);
    if (left.size > 0) for (const reason of await reasons(harness)) say(reason);
    const outcome = await judge(harness, written, platforms.targets, cast);
    return {
      ...outcome,
      written: { wanted: written.wanted.length, unwanted: written.unwanted },
      asked: schedule.asked,
      databaseCrashes: schedule.databaseCrashes(),
      restores: schedule.restores(),
      faultBursts: schedule.faultBursts(),
      unsettled: left,
      crashedWorkers,
      loaded,
      seconds: seconds(started),
    };
  } finally {
    clearInterval(progress);
    stop.abort();
    await schedule.close();
    await workers.close();
    await harness.close();
    await platforms.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Those that know personas have most of the posts and many accounts; nothing is to be seen of the others here. */
function mostlyPersonas(target: Target, accounts: number): Target {
  if (target.personas === null) return { ...target, accounts: Math.min(target.accounts, 8), weight: 2 };
  return { ...target, accounts };
}

async function settle(
  harness: Parameters<typeof unsettled>[0],
  isDone: (open: number) => boolean,
  withinMs: number,
): Promise<void> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await pause(250)) {
    const open = await unsettled(harness).catch(() => null);
    if (open && isDone([...open.values()].reduce((sum, count) => sum + count, 0))) return;
  }
}

/** Until nothing is open, or for so long; what waits longer between two tries than anybody watches is woken. */
export async function settleAll(harness: Harness, withinMs: number): Promise<void> {
  const waking = setInterval(() => void wakeBackOffs(harness), 5_000);
  await settle(harness, (open) => open === 0, withinMs).finally(() => clearInterval(waking));
}

/** What was killed or refused many times waits up to ten minutes for its next try; nobody needs to watch that. */
async function wakeBackOffs({ admin }: Pick<Harness, "admin">): Promise<void> {
  await admin
    .query(
      `update deliveries set wake_at = clock_timestamp()
       where state in ('scheduled', 'ambiguous') and due_at <= clock_timestamp()
         and wake_at > clock_timestamp() + interval '10 seconds' and error_code is distinct from 'delivery.quota'`,
    )
    .catch(() => undefined);
}

function seconds(from: number): number {
  return Math.round((performance.now() - from) / 1_000);
}
