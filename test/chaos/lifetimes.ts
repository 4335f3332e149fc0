import type { Coverage } from "./coverage.ts";
import type { FaultKind } from "./fault-schedule.ts";
import type { Lifetime } from "./workers.ts";

const shortestMs = 300;
/** The higher, the more lifetimes are short and the longer are the others; the mean stays. */
const spread = 4;
const hourMs = 3_600_000;
const starting = /^src\/platform\/jobs\/(worker|heartbeat|dead-workers)\.ts/;
/** Failpoints that one lifetime is armed at. */
const most = 200;

/**
 * Plans the lifetimes of a run's workers, one after the other: to be killed at a failpoint where nobody has died yet, to
 * stand still at a dangerous one for `standMs`, or to end as told. A quarter has a clock that is an hour off.
 */
export function planLifetimes(options: {
  kinds: ReadonlySet<FaultKind>;
  workers: number;
  /** How long they serve on average before something befalls them. The longer, the less of the machine goes into starts. */
  meanMs: number;
  /** Failpoints at which workers stand still. */
  standAt: readonly number[];
  /** How long they do, in milliseconds. */
  standMs: number;
  coverage: Coverage;
  random: () => number;
}): () => Lifetime {
  const { kinds, workers, meanMs, standAt, standMs, coverage, random } = options;
  let standing = 0;

  function maySkew(): number {
    if (!kinds.has("clock") || random() >= 0.25) return 0;
    return random() < 0.5 ? hourMs : -hourMs;
  }

  /** Now and then the database goes while this worker starts, or later. */
  function databaseCrashes(at: number): Lifetime["arms"] {
    const arm = { act: "database crash" as const };
    const chance = random();
    if (chance < 0.01) return [{ ...arm, failpoints: some(coverage.reachable(), most, random), afterMs: at }];
    const early = coverage.isDone(starting) ? 0.02 : 0.08;
    if (chance > early) return [];
    // One alone, or it would always be among the first of a start.
    return [{ ...arm, failpoints: some(coverage.matching(starting), 1, random), afterMs: -Infinity }];
  }

  return () => {
    // Most die young; some serve long enough to have everything compiled, and those do most of the work.
    const at = shortestMs + (spread + 1) * meanMs * random() ** spread;
    const lifetime: Lifetime = {
      arms: [],
      skewMs: maySkew(),
      liveMs: at + 1_000 + random() * 1_500,
      standMs,
      end: "SIGKILL",
    };
    // Somebody has to be awake.
    const mayStand = kinds.has("stops") && standing < Math.ceil(workers / 2);
    if (mayStand && random() < (kinds.has("kills") ? 0.2 : 0.7)) {
      standing += 1;
      setTimeout(() => (standing -= 1), standMs + at + 4_000).unref();
      const failpoints = some(standAt, 20, random);
      return { ...lifetime, arms: [{ failpoints, act: "SIGSTOP", afterMs: at }], liveMs: at + 4_000 };
    }
    if (!kinds.has("kills")) return { ...lifetime, liveMs: Infinity };
    const untried = coverage.untried();
    const areFew = untried.length <= most;
    const failpoints = some(areFew ? coverage.reachable() : untried, most, random);
    const arm = { failpoints, act: "SIGKILL" as const };
    // What is left in the end is seldom passed: whoever comes there first dies of it.
    const seldom = areFew ? [{ failpoints: untried, act: "SIGKILL" as const, afterMs: -Infinity }] : [];
    if (random() < 0.2) {
      // It may finish what it has begun, or die while it does.
      const dying = random() < 0.5 ? [] : [{ ...arm, afterMs: lifetime.liveMs }];
      // Some code runs only where the end comes in the middle of its neighbour, which may take milliseconds.
      const around = some(coverage.aroundUntried(), most, random);
      const leaving = areFew ? [{ failpoints: around, act: "SIGTERM" as const, afterMs: at * random() }] : [];
      return { ...lifetime, end: "SIGTERM", arms: [...seldom, ...dying, ...leaving] };
    }
    const crashes = kinds.has("database") ? databaseCrashes(at) : [];
    // Some die before they are in service.
    const afterMs = random() < 0.1 ? -1_000 * random() : at;
    return { ...lifetime, arms: [...crashes, ...seldom, { ...arm, afterMs }] };
  };
}

function some(items: readonly number[], count: number, random: () => number): number[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, () => items[Math.floor(random() * items.length)] ?? 0);
}
