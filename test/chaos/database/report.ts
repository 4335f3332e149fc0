import type { Result } from "./scenario.ts";

/** A line of the table that a run ends with. */
export type Row = {
  what: string;
  times: number;
  posts: number;
  twice: number;
  lost: number;
  "otherwise wrong": number;
  "not settled": number;
  /** What else a scenario has found that may not be. */
  findings: number;
  questions: number;
  seconds: number;
  kept: boolean;
};

export function rowOf(what: string, times: number, result: Result, tookMs: number): Row {
  const { judged, asked, findings } = result;
  // Nobody here has a persona, and without one an account is of the first class.
  const { lost, duplicated, ...others } = judged.verdict.byClass[1];
  const otherwise = Object.values(others).reduce((sum, count) => sum + count, 0);
  const wrong = findings.filter(({ count, isWrong }) => isWrong === true && count > 0);
  const wrongs = lost + duplicated + otherwise + judged.unsettled;
  return {
    what,
    times,
    posts: judged.posts,
    twice: duplicated,
    lost,
    "otherwise wrong": otherwise,
    "not settled": judged.unsettled,
    findings: wrong.length,
    questions: asked.looks + asked.answers,
    seconds: Math.round(tookMs / 1_000),
    kept: wrongs + wrong.length + judged.crashedWorkers.length === 0,
  };
}

export function printResult(row: Row, { judged, asked, findings }: Result): void {
  console.log(`${row.what}: ${row.times} times, ${row.posts} posts, ${row.seconds} s`);
  for (const { what, count, isWrong } of findings)
    console.log(`${isWrong === true && count > 0 ? "WRONG: " : ""}${what}: ${count}`);
  for (const line of [
    ...judged.verdict.examples.slice(0, 10),
    ...judged.remarks.slice(0, 10),
    ...judged.notes,
  ])
    console.log(line);
  for (const [why, count] of asked.why) console.log(`asked ${count} times: ${why}`);
  for (const output of judged.crashedWorkers) console.log(`a worker ended by itself: ${output}`);
}
