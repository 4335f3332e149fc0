import { phases } from "./failpoints/instrument.ts";
import type { Instrumented } from "./failpoints/places.ts";

function awaitOf(failpoint: number): number {
  return Math.floor(failpoint / phases.length);
}

function pointsOf(awaits: number[]): number[] {
  return awaits.flatMap((number) => phases.map((_, phase) => number * phases.length + phase));
}

/** Which awaits of the publishing path were passed, and at which a worker died or stood still. */
export type Coverage = {
  passed(failpoint: number): void;
  killed(failpoint: number | null): void;
  stopped(failpoint: number): void;
  counts(): {
    awaits: number;
    passed: number;
    killedAt: number;
    kills: number;
    killsAnywhere: number;
    stops: number;
  };
  /** All failpoints that publishing can reach. */
  reachable(): number[];
  /** Those of them at whose await nobody has died, passed or not. */
  untried(): number[];
  /** Those of the files where somebody has yet to die. */
  aroundUntried(): number[];
  /** Whether somebody has died at each await of the files that fit. */
  isDone(files: RegExp): boolean;
  /** Failpoints whose file, functions and phase fit, as in `src/kit/a.ts read:after openFile(path)`. */
  matching(pattern: RegExp): number[];
  /** Names of awaits that were not passed, or where nobody died. */
  missing(): { unpassed: string[]; unkilled: string[]; wronglyExcluded: string[] };
};

/** Between the last check and the answer: where standing still is dangerous. */
export const perilous =
  /^src\/(delivery\/(send\/(publish|intents\.store|group-commit|outcome)|model\/settlements\.store)|platform\/(http-client|mail)\/|connectors\/|site\/)/;

/** `at`: lifetimes choose failpoints in the files that fit, and no others. */
export function createCoverage({ awaits, excluded }: Instrumented, at = /^/): Coverage {
  const reachable = new Set([...awaits.keys()].filter((number) => !excluded.has(number)));
  const passedPoints = new Set<number>();
  const killedAwaits = new Set<number>();
  function names(numbers: Iterable<number>): string[] {
    return [...numbers].map((number) => `${awaits[number]?.name} ${awaits[number]?.within}`);
  }
  let kills = 0;
  let killsAnywhere = 0;
  let stops = 0;
  const fileOf = (number: number) => awaits[number]?.file ?? "";
  const passedAwaits = () => new Set([...passedPoints].map(awaitOf));

  return {
    passed: (failpoint) => void passedPoints.add(failpoint),
    killed: (failpoint) => {
      kills += 1;
      if (failpoint === null) killsAnywhere += 1;
      else killedAwaits.add(awaitOf(failpoint));
    },
    stopped: () => {
      stops += 1;
    },
    counts: () => ({
      awaits: reachable.size,
      passed: [...passedAwaits()].filter((number) => reachable.has(number)).length,
      killedAt: [...killedAwaits].filter((number) => reachable.has(number)).length,
      kills,
      killsAnywhere,
      stops,
    }),
    reachable: () => pointsOf([...reachable]),
    untried: () =>
      pointsOf([...reachable].filter((number) => !killedAwaits.has(number) && at.test(fileOf(number)))),
    aroundUntried: () => {
      const files = new Set([...reachable].filter((number) => !killedAwaits.has(number)).map(fileOf));
      return pointsOf([...reachable].filter((number) => files.has(fileOf(number))));
    },
    isDone: (files) =>
      [...reachable].every((number) => killedAwaits.has(number) || !files.test(fileOf(number))),
    matching: (pattern) =>
      awaits.flatMap(({ file, within, what }, number) =>
        excluded.has(number)
          ? []
          : phases.flatMap((phase, index) =>
              pattern.test(`${file} ${within}:${phase} ${what}`) ? [number * phases.length + index] : [],
            ),
      ),
    missing: () => {
      const passed = passedAwaits();
      return {
        unpassed: names([...reachable].filter((number) => !passed.has(number))),
        unkilled: names([...reachable].filter((number) => passed.has(number) && !killedAwaits.has(number))),
        wronglyExcluded: names([...passed].filter((number) => excluded.has(number))),
      };
    },
  };
}
