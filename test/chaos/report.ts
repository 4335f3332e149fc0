import type { Coverage } from "./coverage.ts";
import type { RunResult } from "./run.ts";

/** Everything that has to be 0. */
export function wrongs({ verdict, unsettled, crashedWorkers }: RunResult): number {
  const { lost, duplicated, falselyFailed, unapproved } = verdict;
  return lost + duplicated + falselyFailed + unapproved + unsettled.size + crashedWorkers.length;
}

/** What is counted, by the words that the report uses. */
export type Totals = Record<string, number>;

export function totalsOf(result: RunResult): Totals {
  const { verdict, written, asked } = result;
  return {
    posts: written.wanted,
    "hit by a crash": result.hit,
    "never approved": written.unwanted,
    "changes of the platforms' faults": result.storms,
    "database crashes": result.databaseCrashes,
    "quarantines as after a restore": result.restores,
    lost: verdict.lost,
    duplicated: verdict.duplicated,
    "falsely failed": verdict.falselyFailed,
    unapproved: verdict.unapproved,
    "refused, as the platform said": result.refused,
    "resolved alone: read back": result.readBack,
    "resolved alone: proven absent": result.provenAbsent,
    "asked a person to connect again": asked.reconnects,
    "asked a person to look again": asked.looks,
    "asked a person, where the platform cannot be read": asked.answers,
    seconds: result.seconds,
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
