import type { Shape } from "../texts/text-shapes.ts";

export type Measured = (text: string) => unknown;

/** UTF-16 units, each twice the one before. The largest is within what every rule of a platform still reads whole. */
const usual = [3_000, 6_000, 12_000] as const;
/** Below this a clock tells nothing, and nobody waits. */
const noticeableMs = 20;
/** Some systems count a thread's time in steps of ten milliseconds: what is compared takes many of them. */
const comparedMs = 200;
/** Twice the text takes about 2.2 times as long by n log n, and 4 times by its square. */
const steepestOfEach = 2.7;
/** Four times the text: about 4.6 times by n log n, 16 times by its square. */
export const steepest = 9;
/** Collections of garbage and other people's work on the machine only ever add: the least of some runs is the true time. */
const [looks, mostRuns] = [4, 6];
/** A machine that is twice as slow for a moment makes what is steep look harmless in one run. */
const runsBeforeAnEnd = 3;

/** Milliseconds that this thread computed for one of `times` calls, whatever else the machine does meanwhile. */
function timeOf(call: Measured, text: string, times: number): number {
  const start = process.threadCpuUsage();
  for (let made = 0; made < times; made += 1) call(text);
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1_000 / times;
}

/** How many times longer the largest takes, where each step is steep in the best of many runs; 0 where none notices. */
export function growthOf(
  call: Measured,
  shape: Shape,
  sizes: readonly [number, number, number] = usual,
): number {
  const texts = sizes.map((size) => shape.of(size));
  // Once each: steps of ten milliseconds are too coarse to decide, but most are told to be harmless by them.
  const looked = leastOf(call, texts, { runs: looks, times: [1, 1, 1], isSuspect: mayBeSteep, atLeast: 1 });
  if (!mayBeSteep(looked)) return 0;
  // As often as makes the three alike where the time grows with the text.
  const often = Math.ceil(comparedMs / (looked[2] ?? comparedMs));
  const compared = leastOf(call, texts, {
    runs: mostRuns,
    times: [4 * often, 2 * often, often],
    isSuspect: isSteep,
    atLeast: runsBeforeAnEnd,
  });
  return isSteep(compared) ? (compared[2] ?? 0) / (compared[0] ?? 0) : 0;
}

type Times = [small: number, middle: number, large: number];

/** The least time of each text in milliseconds, as long as they look suspect; the largest is measured first. */
function leastOf(
  call: Measured,
  texts: string[],
  {
    runs,
    times,
    isSuspect,
    atLeast,
  }: { runs: number; times: Times; isSuspect: (least: Times) => boolean; atLeast: number },
): Times {
  // What is not measured yet counts as nothing, so that the largest alone can end it.
  const least: Times = [0, 0, 0];
  for (let run = 0; run < runs; run += 1) {
    for (const size of [2, 1, 0] as const) {
      const time = timeOf(call, texts[size] ?? "", times[size]);
      least[size] = run === 0 ? time : Math.min(least[size], time);
      if (run + 1 >= atLeast && !isSuspect(least)) return least;
    }
  }
  return least;
}

function mayBeSteep([small, , large]: Times): boolean {
  return large >= noticeableMs && large >= small * (steepest / 2);
}

function isSteep([small, middle, large]: Times): boolean {
  const isSteepEach = large >= middle * steepestOfEach && middle >= small * steepestOfEach;
  // A part that is not measured yet is 0.
  return large >= small * steepest && (isSteepEach || middle === 0 || small === 0);
}

/** Enough to see what it is. */
const mostTold = 3;

/** The first shapes on which a call takes more than n log n, each with how much; empty where there is none. */
export function steepOn(
  call: Measured,
  shapes: readonly Shape[],
  sizes: readonly [number, number, number] = usual,
): string {
  // What is compiled, and what a module makes with its first text, is no part of it.
  call("warm *up*");
  const steep: string[] = [];
  for (const shape of shapes) {
    const growth = growthOf(call, shape, sizes);
    if (growth > 0) steep.push(`${shape.name}: ${growth.toFixed(1)} times`);
    if (steep.length === mostTold) break;
  }
  return steep.join("; ");
}
