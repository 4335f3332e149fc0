import { parseArgs } from "node:util";
import { type Control, controls } from "./controls.ts";
import { createCoverage, perilous } from "./coverage.ts";
import { instrumentPath } from "./failpoints/places.ts";
import { faultKinds } from "./fault-schedule.ts";
import { harms } from "./judge.ts";
import { personaKinds } from "./personas.ts";
import { platformIds } from "./platforms.ts";
import { endChildrenAtExit } from "./processes.ts";
import { printCoverage, asksTooMuch, printReport, type Totals, totalsOf, wrongs } from "./report.ts";
import { run } from "./run.ts";

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
    /** How many at a time; several numbers take turns, a round each. */
    workers: { type: "string", default: "2,4" },
    /** How long a worker serves on average before something befalls it, in milliseconds. */
    lifetime: { type: "string" },
    only: { type: "string" },
    /** Posts of one database and one set of platforms; a larger run is made of several such rounds. */
    round: { type: "string", default: "10000" },
    minutes: { type: "string", default: "1440" },
    control: { type: "string" },
    controls: { type: "boolean", default: false },
    /** A control's run with nothing turned off: it has to be green, or its red says nothing. */
    healthy: { type: "boolean", default: false },
    platforms: { type: "string", default: platformIds.join(",") },
    /** Each account is somebody: its clock, its lists, its people. */
    personas: { type: "boolean", default: false },
    /** These alone, by their names in `personas.ts`, separated by commas. */
    persona: { type: "string" },
    missing: { type: "boolean", default: false },
    /** Workers die in the files whose paths this fits. */
    at: { type: "string", default: "" },
    /** Not kept unless every await was passed and died at. */
    everywhere: { type: "boolean", default: false },
  },
});
const root = process.cwd();
const workers = values.workers.split(",").map(Number);
const firstSeed = Number(values.seed);
/** Some; all of them; or none. */
const personas = values.persona?.split(",") ?? (values.personas ? Object.keys(personaKinds) : []);
const unknown = personas.filter((name) => !Object.hasOwn(personaKinds, name));
if (unknown.length > 0) throw new TypeError(`no persona ${unknown.join(", ")}`);
// An absence counts only for a process that has waited as long itself.
const lifetimeMs = Number(values.lifetime ?? (personas.length > 0 ? 3_000 : 1_000));
const bounds = { deadlineMs: 2_000, windowMs: 6_000, latestMs: 2_000 };
const platforms = values.platforms.split(",");
const say = (line: string) => console.log(line);
endChildrenAtExit();

const only = values.only?.split(",");
/** What is looked up for a restore was never sent, so that it meets few of the personas' answers. */
const isUsual = (kind: string) => kind !== "restore" || personas.length === 0;

/** True when every round was without fault. */
async function chaos(): Promise<boolean> {
  const kinds = new Set(faultKinds.filter((kind) => only?.includes(kind) ?? isUsual(kind)));
  const instrumented = instrumentPath(root, []);
  const coverage = createCoverage(instrumented, new RegExp(values.at));
  const standAt = coverage.matching(perilous);
  const endsAt = performance.now() + Number(values.minutes) * 60_000;
  const rounds: Totals[] = [];
  let left = Number(values.posts);
  let broken = 0;
  for (let seed = firstSeed; left > 0 && performance.now() < endsAt; seed += 1_000_003) {
    const posts = Math.min(left, Number(values.round));
    const count = workers[rounds.length % workers.length] ?? 2;
    // While a quarantine lasts nothing is sent, so that few rounds have one.
    const restores = rounds.length % 4 === 0 && !coverage.isDone(/quarantine/);
    const ofRound = new Set([...kinds].filter((kind) => kind !== "restore" || restores));
    // Nor does anything else go out beside a burst. Late enough that who comes to what is left dies of it.
    const { awaits, killedAt } = coverage.counts();
    const burst = killedAt > 0.8 * awaits && !coverage.isDone(/worker-pool/) ? 300 : 0;
    const options = {
      posts,
      burst,
      seed,
      workers: count,
      lifetimeMs,
      kinds: ofRound,
      platforms,
      personas,
      bounds,
      instrumented,
      coverage,
      standAt,
      say,
    };
    // Whom Galley asks has to wait until it has given up hope, perhaps twice.
    // A list that lies for a while is learned from, and a person is asked after four of the windows that it was learned to need.
    const settleWithinMs = personas.length > 0 ? 600_000 : 120_000;
    const result = await run({ ...options, settleWithinMs });
    rounds.push(totalsOf(result));
    printReport(result, rounds, coverage, `seed ${seed}, ${count} workers`);
    left -= posts;
    if (wrongs(result) > 0) broken += 1;
  }
  if (values.missing) console.log(JSON.stringify(coverage.missing(), null, 1));
  printCoverage(coverage);
  console.log(broken === 0 ? "kept: each post exactly once, and nothing else" : `BROKEN in ${broken} rounds`);
  const { awaits, passed, killedAt } = coverage.counts();
  return broken === 0 && (!values.everywhere || Math.min(passed, killedAt) === awaits);
}

/** True when the harness noticed that the protection is off; or found nothing where none is. */
async function isRed(name: string, control: Control): Promise<boolean> {
  console.log(`\ncontrol ${name}: ${control.what}`);
  const mutations = values.healthy ? [] : control.mutations;
  const instrumented = instrumentPath(root, mutations);
  const coverage = createCoverage(instrumented);
  const result = await run({
    posts: Math.min(Number(values.posts), 400),
    seed: firstSeed,
    workers: 3,
    lifetimeMs: control.lifetimeMs ?? lifetimeMs,
    platforms: control.platforms ?? platforms,
    personas: control.personas ?? [],
    ...(control.accounts === undefined ? {} : { accounts: control.accounts }),
    kinds: new Set(control.kinds),
    bounds: { ...bounds, ...control.bounds },
    instrumented,
    coverage,
    standAt: coverage.matching(control.standAt ?? perilous),
    settleWithinMs: control.settleWithinMs ?? 25_000,
    say,
  });
  for (const { file } of mutations) {
    if (!result.loaded.has(file)) throw new Error(`no worker ran the changed ${file}`);
  }
  const { 1: expected, 2: careful } = result.verdict.byClass;
  const counts: Record<string, number> = {
    ...Object.fromEntries(harms.map((harm) => [harm, expected[harm] + careful[harm]])),
    "asks too much": asksTooMuch(result) ? 1 : 0,
  };
  const red = wrongs(result) > 0;
  const isOwn = control.harms.some((harm) => (counts[harm] ?? 0) > 0);
  for (const example of result.verdict.examples.slice(0, 10)) console.log(example);
  const asItMust = values.healthy ? !red : isOwn;
  const judged = asItMust ? `${red ? "red" : "green"}, as it must be` : wrongColour(red, control);
  const found = Object.entries(counts).map(([harm, count]) => `${harm} ${count}`);
  console.log(`control ${name}: ${judged} (${found.join(", ")})`);
  return asItMust;
}

function wrongColour(red: boolean, control: Control): string {
  if (values.healthy) return "RED, though nothing is off";
  return red ? `RED, but not for ${control.harms.join(" or ")}` : "GREEN: the harness is blind to this";
}

async function runControls(names: string[]): Promise<boolean> {
  let seen = 0;
  for (const name of names) {
    const control = controls[name];
    if (!control)
      throw new Error(`there is no control ${name}; there are ${Object.keys(controls).join(", ")}`);
    if (await isRed(name, control)) seen += 1;
  }
  console.log(`\n${seen} of ${names.length} controls ${values.healthy ? "green with nothing off" : "red"}`);
  return seen === names.length;
}

const { control } = values;
const kept = values.controls
  ? await runControls(Object.keys(controls))
  : control === undefined
    ? await chaos()
    : await runControls([control]);
process.exitCode = kept ? 0 : 1;
