import { parseArgs } from "node:util";
import { endChildrenAtExit } from "../processes.ts";
import { clockSteps } from "./clock-steps.ts";
import { clone } from "./clone.ts";
import { type Control, controls } from "./controls.ts";
import { hasPgBouncer, startPgBouncer } from "./pgbouncer.ts";
import { promotion } from "./promotion.ts";
import { readOnly } from "./read-only.ts";
import { printResult, type Row, rowOf } from "./report.ts";
import { restore } from "./restore.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Publishes posts while the history of the database breaks: a standby without the last commits takes over, the folder
 * is copied or taken back, its clock is set; then compares the platforms' journals with what Galley says. See
 * docs/chaos.md, "The database's history".
 *
 *   npm run chaos:database -- --promotions 20 --steps 20 --clones 4 --restores 10
 *   npm run chaos:database -- --controls
 */
const { values } = parseArgs({
  options: {
    promotions: { type: "string", default: "0" },
    steps: { type: "string", default: "0" },
    clones: { type: "string", default: "0" },
    restores: { type: "string", default: "0" },
    failovers: { type: "string", default: "0" },
    poolers: { type: "string", default: "0" },
    /** Scenarios at a time: each waits more than it works. */
    together: { type: "string", default: "2" },
    control: { type: "string" },
    controls: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    platforms: { type: "string", default: "sandbox,x,facebook,linkedin-page,linkedin" },
  },
});

/** A pooler that keeps its connections over a failover must not hide one. */
const behindPgBouncer: Scenario = (options) => promotion({ ...options, between: startPgBouncer });

/** By the option that says how often. */
const scenarios: Record<string, { what: string; scenario: Scenario; times: string }> = {
  promotions: { what: "standby promoted", scenario: promotion, times: values.promotions },
  steps: { what: "clock set by an hour", scenario: clockSteps, times: values.steps },
  clones: { what: "copy beside the first", scenario: clone, times: values.clones },
  restores: { what: "taken back, with retries", scenario: restore, times: values.restores },
  failovers: { what: "only reads for a moment", scenario: readOnly, times: values.failovers },
  poolers: { what: "promoted behind PgBouncer", scenario: behindPgBouncer, times: values.poolers },
};

endChildrenAtExit();

async function play(name: string, times: number, mutations: Control["mutations"] = []): Promise<Row> {
  const found = scenarios[name];
  if (!found) throw new TypeError(`there is no scenario ${name}`);
  const started = performance.now();
  const result = await found.scenario({
    seed: Number(values.seed),
    mutations,
    say: (line) => console.log(`${name}, ${line}`),
    platforms: values.platforms.split(","),
    times,
  });
  const row = rowOf(found.what, times, result, performance.now() - started);
  printResult(row, result);
  return row;
}

/** True when all was kept. */
async function playAll(): Promise<boolean> {
  const wanted = Object.entries(scenarios).filter(([, { times }]) => Number(times) > 0);
  const next = wanted.filter(([, { scenario, what }]) => {
    if (scenario !== behindPgBouncer || hasPgBouncer) return true;
    console.log(`${what}: left out, since there is no PgBouncer here (Debian's package pgbouncer)`);
    return false;
  });
  const rows: Row[] = [];
  const places = next.values();
  const playOn = async (): Promise<void> => {
    for (const [name, { times }] of places) rows.push(await play(name, Number(times)));
  };
  await Promise.all(Array.from({ length: Number(values.together) }, playOn));
  console.log(`seed ${values.seed}`);
  console.table(rows);
  return rows.every(({ kept }) => kept);
}

/** True when each of them turned its scenario red. */
async function playControls(names: string[]): Promise<boolean> {
  let red = 0;
  for (const name of names) {
    const control = controls[name];
    if (!control)
      throw new TypeError(`there is no control ${name}; there are ${Object.keys(controls).join(", ")}`);
    console.log(`\ncontrol ${name}: ${control.what}`);
    const row = await play(control.scenario, control.times, control.mutations);
    const isOwn = control.harms.some((harm) => row[harm] > 0);
    const blind = row.kept ? "GREEN: the harness is blind to this" : "RED, but not for its own reason";
    console.log(`control ${name}: ${isOwn ? "red, as it must be" : blind}`);
    if (isOwn) red += 1;
  }
  console.log(`\n${red} of ${names.length} controls red`);
  return red === names.length;
}

const { control } = values;
const kept = values.controls
  ? await playControls(Object.keys(controls))
  : control === undefined
    ? await playAll()
    : await playControls([control]);
process.exitCode = kept ? 0 : 1;
