import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../../acceptance/client.ts";
import { type Written, writePosts } from "../author.ts";
import { mutate, type Mutation } from "../failpoints/places.ts";
import { plantTree } from "../failpoints/tree.ts";
import { type Asked, startFaultSchedule } from "../fault-schedule.ts";
import { type Harness, openHarness } from "../harness.ts";
import { judge, type Outcome, reasons, unsettled } from "../judge.ts";
import { nobodyCast } from "../personas.ts";
import { type Bounds, type Platforms, startPlatforms } from "../platforms.ts";
import { type FaultSwitch, on, setFaults } from "../platforms/target.ts";
import { settleAll } from "../run.ts";
import { type Lifetime, startWorkers, type Workers } from "../workers.ts";
import { type Forwarder, startForwarder } from "./forwarder.ts";
import { type Postgres, startPostgres, urlAt } from "./server.ts";

/** One Galley with its people, its platforms, its workers and a database that can be exchanged under it. */
export type Installation = {
  directory: string;
  harness: Harness;
  platforms: Platforms;
  /** What its people reach the database by, whichever server that is at the moment. */
  forwarder: Forwarder;
  asked: Asked;
  random: () => number;
  /** Tells how far it has come. */
  say(line: string): void;
  /** The server behind the forwarder. */
  primary: Postgres;
  /** True while nobody looks after channels, questions and quarantines. */
  peopleAreAway: boolean;
  /** Writes and approves so many posts, all due at once. None of them goes out before all are ordered, and `ready`. */
  order(count: number, ready?: () => Promise<unknown>): Promise<void>;
  /** Ends the pause of `order`: again, where the database has forgotten that it ended. */
  sendAll(): Promise<void>;
  /** So that all faults of a platform, or of all of them, are these. */
  disturb(faults: readonly FaultSwitch[], id?: string): Promise<void>;
  /** Starts the workers, on another database or data folder where that is said. */
  startWorkers(elsewhere?: Record<string, string>): Promise<Workers>;
  /** A further server, ended with the rest; see `startPostgres`. */
  startServer: (directory: string, primaryPort?: number) => Promise<Postgres>;
  /** Waits until no more than `left` posts are open, and no quarantine; false where that takes too long. */
  calmsDown(left: number, withinMs?: number): Promise<boolean>;
  /**
   * Waits until a quarantine has begun, where one does, and has been left. `otherIsOff`: it asks whether this is a copy,
   * and a person says that the other one is off.
   */
  quarantinePasses(answer?: { otherIsOff?: boolean }): Promise<void>;
  /** Lets everything come to an end, and compares. */
  judge(): Promise<Judged>;
  close(): Promise<void>;
};

export type Judged = Outcome & {
  posts: number;
  unsettled: number;
  crashedWorkers: string[];
  notes: string[];
};

export type InstallationOptions = {
  seed: number;
  mutations: readonly Mutation[];
  say: (line: string) => void;
  platforms: readonly string[];
  /** How long a platform may take. */
  bounds?: Bounds;
  /** How many worker processes. */
  workers?: number;
  /** What stands between everybody and the forwarder, by the port of the latter. */
  between?: (directory: string, port: number) => Promise<{ port: number; stop: () => Promise<void> }>;
  /** Settings of the workers beside the usual ones. */
  environment?: Record<string, string>;
  /** The workers live as long as nothing else befalls them. */
  lifetimes?: (random: () => number) => () => Lifetime;
};

const usualBounds: Bounds = { deadlineMs: 1_000, windowMs: 3_000, latestMs: 1_000 };
/** A worker compares its database with what it knows every two seconds. */
const noticedWithinMs = 5_000;
/** A window that was learned, and then the time until a person is asked. */
const settleWithinMs = 180_000;
const accounts = 8;

/** Answers are lost and posts come late now and then, and every answer takes a while, so that there is always much on its way. */
export const usualFaults: readonly FaultSwitch[] = [
  on("create", "lost_answer", 0.04),
  on("create", "error_after_commit", 0.03),
  on("create", "late_commit", 0.04, { delayMs: usualBounds.latestMs }),
  on("create", "slow", 1, { delayMs: 200 }),
];

const undisturbed: Lifetime = { arms: [], skewMs: 0, liveMs: Infinity, standMs: 0, end: "SIGTERM" };

/** Nothing befalls any of them. */
export function inPeace(): () => Lifetime {
  return () => undisturbed;
}

/** The first goes on all the time; the others are killed or told to end every few seconds, and start again. */
function comingAndGoing(random: () => number): () => Lifetime {
  let born = 0;
  return () => {
    born += 1;
    if (born === 1) return undisturbed;
    return {
      ...undisturbed,
      liveMs: 4_000 + random() * 12_000,
      end: random() < 0.5 ? "SIGKILL" : "SIGTERM",
    };
  };
}

/** Starts everything; what has started ends again where the rest cannot. */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const closing = new AsyncDisposableStack();
  try {
    return await openAll(options, closing);
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

async function openAll(options: InstallationOptions, closing: AsyncDisposableStack): Promise<Installation> {
  const { seed, mutations, bounds = usualBounds, environment = {}, workers: count = 2 } = options;
  const random = seededRandom(seed);
  const startedAt = performance.now();
  const directory = await mkdtemp(join(tmpdir(), "galley-history-"));
  closing.defer(() => rm(directory, { recursive: true, force: true }));
  const tree = join(directory, "tree");
  await plantTree(process.cwd(), tree, { sources: await changedSources(mutations) });
  const found = await startPlatforms(directory, bounds, options.platforms);
  closing.defer(() => found.close());
  const platforms: Platforms = {
    ...found,
    // All in equal parts.
    targets: found.targets.map((target) => ({
      ...target,
      accounts: Math.min(accounts, target.accounts),
      weight: 1,
    })),
  };
  async function startServer(folder: string, primaryPort: number | null = null): Promise<Postgres> {
    const server = await startPostgres(folder, primaryPort);
    closing.defer(() => server.stop());
    return server;
  }
  const primary = await startServer(join(directory, "server"));
  const forwarder = await startForwarder(primary.port);
  closing.defer(() => forwarder.close());
  const door = await (options.between?.(directory, forwarder.port) ?? {
    port: forwarder.port,
    stop: async () => undefined,
  });
  closing.defer(() => door.stop());
  const harness = await openHarness(directory, platforms, {
    url: urlAt(door.port),
    stop: async () => undefined,
  });
  closing.defer(() => harness.close());
  const crashedWorkers: string[] = [];
  const running = new Set<Workers>();
  const written: Written = { wanted: [], unwanted: 0 };
  const stop = new AbortController();
  let lastNumber = 0;
  const schedule = startFaultSchedule({
    harness,
    platforms,
    cast: nobodyCast,
    looks: true,
    kinds: new Set(),
    databaseEveryMs: Infinity,
    isAway: () => installation.peopleAreAway,
    random: seededRandom(seed + 1),
  });
  closing.defer(async () => {
    await Promise.all([...running].map((workers) => workers.close()));
  });
  closing.defer(() => schedule.close());
  closing.defer(() => stop.abort());

  async function allEnds(): Promise<void> {
    installation.peopleAreAway = false;
    await installation.disturb([]);
    // Nobody who comes and goes waits out a window, and each believes its own clock alone.
    for (const workers of running) workers.calm();
    await settleAll(harness, settleWithinMs);
    // What a platform brings up late, and what a worker that is still there might send.
    await pause(bounds.latestMs + bounds.deadlineMs);
  }

  const installation: Installation = {
    directory,
    harness,
    platforms,
    forwarder,
    asked: schedule.asked,
    random,
    say: (line) => options.say(`${Math.round((performance.now() - startedAt) / 1_000)} s: ${line}`),
    primary,
    peopleAreAway: false,
    order: async (posts, ready) => {
      await setPaused(installation.primary, true);
      lastNumber = await writePosts(
        {
          harness,
          random,
          count: posts,
          backlog: Infinity,
          ahead: 0,
          after: lastNumber,
          burst: 0,
          cast: nobodyCast,
          signal: stop.signal,
        },
        written,
      );
      await ready?.();
      await setPaused(installation.primary, false);
    },
    sendAll: () => setPaused(installation.primary, false),
    disturb: async (faults, id) => {
      const urls = id === undefined ? Object.values(platforms.controls) : [platforms.controls[id] ?? ""];
      await Promise.all(urls.map((url) => setFaults(url, faults)));
    },
    startWorkers: async (elsewhere = {}) => {
      const home = await mkdtemp(join(directory, "workers-"));
      const workers = startWorkers({
        count,
        directory: home,
        tree,
        nextLifetime: (options.lifetimes ?? comingAndGoing)(random),
        environment: {
          ...platforms.environment,
          GALLEY_MODE: "test",
          GALLEY_KEY: harness.key,
          DATA_DIR: harness.dataDir,
          DATABASE_URL: harness.databaseUrl,
          DATABASE_POOL_SIZE: "3",
          JOB_CONCURRENCY: "3",
          // Few at a time, so that a moment later there is still something to send.
          DELIVERY_CONCURRENCY: "4",
          DELIVERY_LEASE_SECONDS: "3",
          DELIVERY_MARGIN_SECONDS: "1",
          DELIVERY_MINIMUM_WINDOW_SECONDS: "1",
          LOG_LEVEL: "fatal",
          ...environment,
          ...elsewhere,
        },
        events: {
          loaded: () => undefined,
          passed: () => undefined,
          killed: () => undefined,
          stopped: () => undefined,
          databaseCrash: () => undefined,
          ended: (output) => {
            if (output.includes("Galley's worker runs")) crashedWorkers.push(output);
          },
        },
      });
      running.add(workers);
      return workers;
    },
    startServer,
    calmsDown: async (left, withinMs = 30_000) => {
      const deadline = performance.now() + withinMs;
      for (; performance.now() < deadline; await pause(200)) {
        const open = await openPosts(harness).catch(() => Infinity);
        const waits = await harness.deliveries.quarantine.isActive().catch(() => true);
        if (open <= left && !waits) return true;
      }
      return false;
    },
    quarantinePasses: async ({ otherIsOff = false } = {}) => {
      const { quarantine } = harness.deliveries;
      const noticedBy = performance.now() + noticedWithinMs;
      while (performance.now() < noticedBy && !(await quarantine.isActive().catch(() => false)))
        await pause(100);
      if (otherIsOff) await releaseAsTheOnlyOne(harness);
      await installation.calmsDown(Infinity);
    },
    judge: async () => {
      await allEnds();
      const left = await unsettled(harness);
      const outcome = await judge(harness, written, platforms.targets, nobodyCast);
      return {
        ...outcome,
        posts: written.wanted.length,
        unsettled: [...left.values()].reduce((sum, waiting) => sum + waiting, 0),
        crashedWorkers,
        notes: left.size > 0 ? await reasons(harness) : [],
      };
    },
    close: () => closing.disposeAsync(),
  };
  await mkdir(harness.dataDir, { recursive: true });
  await installation.disturb(usualFaults);
  return installation;
}

/** Deliveries that are due and have not come to an end. */
async function openPosts(harness: Harness): Promise<number> {
  return [...(await unsettled(harness)).values()].reduce((sum, waiting) => sum + waiting, 0);
}

/** A person says that the other one is off. */
async function releaseAsTheOnlyOne({ deliveries: { quarantine }, author }: Harness): Promise<void> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(500)) {
    const isFree = await quarantine.release(author, { otherIsOff: true }).then(
      ({ active }) => !active,
      () => false,
    );
    if (isFree) return;
  }
}

async function setPaused(server: Postgres, isPaused: boolean): Promise<void> {
  await server.query(`update workspaces set paused_at = ${isPaused ? "clock_timestamp()" : "null"}`);
}

/** Ids of all attempts that a server knows of. */
export async function attemptsOf(server: Postgres): Promise<string[]> {
  const rows = await server.query("select id from delivery_attempts");
  return rows.map(({ id }) => String(id));
}

/** Until so many more attempts have begun than `known`; gives up after a while. */
export async function attemptsBegin(server: Postgres, known: number, more: number): Promise<void> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await pause(20)) {
    if ((await attemptsOf(server)).length >= known + more) return;
  }
}

async function changedSources(mutations: readonly Mutation[]): Promise<Record<string, string>> {
  const files = Map.groupBy(mutations, ({ file }) => file);
  const changed = [...files].map(
    async ([file, own]) => [file, mutate(await readFile(file, "utf8"), own)] as const,
  );
  return Object.fromEntries(await Promise.all(changed));
}
