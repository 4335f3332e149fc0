import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Control, controls } from "./controls.ts";
import { createCoverage, perilous } from "./coverage.ts";
import { instrumentPath } from "./failpoints/places.ts";
import { printCoverage, printReport, wrongs } from "./report.ts";
import { run } from "./run.ts";
import { weatherKinds } from "./weather.ts";

/**
 * Publishes posts while workers die and stand still at every await, the database crashes, clocks are wrong and the
 * platforms lose answers; then compares the platforms' journals with what Galley says. See docs/chaos.md.
 *
 *   npm run chaos -- --posts 5000 --seed 1
 *   npm run chaos -- --controls
 */
const { values } = parseArgs({
  options: {
    posts: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    workers: { type: "string", default: "3" },
    only: { type: "string", default: weatherKinds.join(",") },
    /** Posts of one database and one set of platforms; a larger run is made of several such rounds. */
    round: { type: "string", default: "10000" },
    minutes: { type: "string", default: "1440" },
    control: { type: "string" },
    controls: { type: "boolean", default: false },
    missing: { type: "boolean", default: false },
  },
});
const root = process.cwd();
const workers = Number(values.workers);
const firstSeed = Number(values.seed);
const bounds = { deadlineMs: 2_000, windowMs: 5_000, latestMs: 1_200 };
const say = (line: string) => console.log(line);

/** True when every round was without fault. */
async function chaos(): Promise<boolean> {
  const kinds = new Set(weatherKinds.filter((kind) => values.only.split(",").includes(kind)));
  const instrumented = instrumentPath(root, []);
  const coverage = createCoverage(instrumented);
  const standAt = coverage.matching(perilous);
  const endsAt = performance.now() + Number(values.minutes) * 60_000;
  let left = Number(values.posts);
  let broken = 0;
  for (let seed = firstSeed; left > 0 && performance.now() < endsAt; seed += 1_000_003) {
    const posts = Math.min(left, Number(values.round));
    const options = { posts, seed, workers, kinds, bounds, instrumented, coverage, standAt, say };
    const result = await run({ ...options, settleWithinMs: 120_000 });
    printReport(result, coverage, seed);
    printCoverage(coverage);
    left -= posts;
    if (wrongs(result) > 0) broken += 1;
  }
  if (values.missing) console.log(JSON.stringify(coverage.missing(), null, 1));
  console.log(broken === 0 ? "kept: each post exactly once, and nothing else" : `BROKEN in ${broken} rounds`);
  return broken === 0;
}

/** True when the harness noticed that the protection is off. */
async function isRed(name: string, control: Control): Promise<boolean> {
  console.log(`\ncontrol ${name}: ${control.what}`);
  const instrumented = instrumentPath(root, control.mutations);
  const coverage = createCoverage(instrumented);
  const result = await run({
    posts: Math.min(Number(values.posts), 400),
    seed: firstSeed,
    workers,
    kinds: new Set(control.kinds),
    bounds: { ...bounds, ...control.bounds },
    instrumented,
    coverage,
    standAt: coverage.matching(control.standAt ?? perilous),
    settleWithinMs: 25_000,
    say,
  });
  for (const { file } of control.mutations) {
    if (!result.loaded.has(pathToFileURL(join(root, file)).href))
      throw new Error(`no worker ran the changed ${file}`);
  }
  const { lost, duplicated, falselyFailed, unapproved } = result.verdict;
  const found = `lost ${lost}, duplicated ${duplicated}, falsely failed ${falselyFailed}, unapproved ${unapproved}`;
  const red = wrongs(result) > 0;
  console.log(
    `control ${name}: ${red ? "red, as it must be" : "GREEN: the harness is blind to this"} (${found})`,
  );
  return red;
}

async function runControls(names: string[]): Promise<boolean> {
  let seen = 0;
  for (const name of names) {
    const control = controls[name];
    if (!control)
      throw new Error(`there is no control ${name}; there are ${Object.keys(controls).join(", ")}`);
    if (await isRed(name, control)) seen += 1;
  }
  console.log(`\n${seen} of ${names.length} controls red`);
  return seen === names.length;
}

const { control } = values;
const kept = values.controls
  ? await runControls(Object.keys(controls))
  : control === undefined
    ? await chaos()
    : await runControls([control]);
process.exitCode = kept ? 0 : 1;
