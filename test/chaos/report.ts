import type { Coverage } from "./coverage.ts";
import { type Harm, harms, type Verdict } from "./judge.ts";
import type { RunResult } from "./run.ts";

/** Everything that has to be 0. */
export function wrongs(result: RunResult): number {
  const { verdict, unsettled, crashedWorkers } = result;
  const done = [1, 2].flatMap((one) => Object.values(verdict.byClass[one as 1 | 2]));
  const asks = asksTooMuch(result) ? 1 : 0;
  return done.reduce((sum, count) => sum + count, 0) + asks + unsettled.size + crashedWorkers.length;
}

/** Of the posts that were hit where all is as Galley expects, the most about which a person may be asked. */
const mostAsked = 0.06;
/** Of fewer, one question says nothing. */
const fewestHit = 50;

export function asksTooMuch({ hitByClass, asked }: RunResult): boolean {
  return asked.looksByClass[1] > mostAsked * Math.max(fewestHit, hitByClass[1]);
}

/** Where nobody can see the lie, it is told and no fault. */
function harmed(verdict: Verdict, harm: Harm): number {
  return verdict.byClass[1][harm] + verdict.byClass[2][harm];
}

/** What is counted, by the words that the report uses. */
export type Totals = Record<string, number>;

export function totalsOf(result: RunResult): Totals {
  const { verdict, written, asked } = result;
  return {
    posts: written.wanted,
    "hit by a crash": result.hit,
    "never approved": written.unwanted,
    "changes of the platforms' faults": result.faultBursts,
    "database crashes": result.databaseCrashes,
    "quarantines as after a restore": result.restores,
    ...Object.fromEntries(harms.map((harm) => [harm, harmed(verdict, harm)])),
    ...inClasses(result),
    "known by the address of an equal post by hand": result.underTwins,
    "refused, as the platform said": result.refused,
    "resolved alone: read back": result.readBack,
    "resolved alone: proven absent": result.provenAbsent,
    "asked a person to connect again": asked.reconnects,
    "asked a person to look again": asked.looks,
    "asked a person, where the platform cannot be read": asked.answers,
    seconds: result.seconds,
  };
}

/** What matters where accounts have personas. */
function inClasses({ verdict, hitByClass, asked }: RunResult): Totals {
  const { 1: expected, 2: careful, 3: unseen } = hitByClass;
  if (careful + unseen === 0) return {};
  const lies = Object.values(verdict.byClass[3]).reduce((sum, count) => sum + count, 0);
  return {
    "hit, where all is as expected": expected,
    "asked a person there": asked.looksByClass[1],
    "hit, where care is needed": careful,
    "asked a person there, too": asked.looksByClass[2],
    "hit, where nobody can see the lie": unseen,
    "went wrong there": lies,
    "asked what the page did not answer": asked.offPage.length,
  };
}

const mostRemarks = 40;

/** Prints what was done in this round and in all, what went wrong, and who was asked. */
export function printReport(result: RunResult, rounds: Totals[], coverage: Coverage, title: string): void {
  const { verdict, asked } = result;
  const { kills, stops } = coverage.counts();
  const last = rounds.at(-1) ?? {};
  const rows = Object.entries(last).map(([what, count]) => {
    const all = rounds.reduce((sum, round) => sum + (round[what] ?? 0), 0);
    return [what, { "this round": count, "all rounds": all }] as const;
  });
  console.log(`round ${rounds.length}: ${title}`);
  console.table(Object.fromEntries(rows));
  console.log(`${kills} kills and ${stops} stops in all rounds`);
  const { unpassed } = coverage.missing();
  if (unpassed.length <= 40) for (const name of unpassed) console.log(`not passed so far: ${name}`);
  for (const line of [...verdict.examples, ...result.remarks.slice(0, mostRemarks)]) console.log(line);
  for (const line of asked.offPage.slice(0, mostRemarks)) console.log(`not answered by the page: ${line}`);
  for (const [state, count] of result.unsettled) console.log(`not settled: ${count} ${state}`);
  for (const [why, count] of asked.why) console.log(`asked ${count} times: ${why}`);
  for (const output of result.crashedWorkers) console.log(`a worker ended by itself: ${output}`);
}

export function printCoverage(coverage: Coverage): void {
  const { awaits, passed, killedAt } = coverage.counts();
  const share = (part: number) => `${Math.floor((100 * part) / awaits)} %`;
  console.log(
    `awaits ${awaits}, passed ${passed} (${share(passed)}), killed at ${killedAt} (${share(killedAt)})`,
  );
}
