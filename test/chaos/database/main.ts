import { parseArgs } from "node:util";
import { clone } from "./clone.ts";
import { clockSteps } from "./clock-steps.ts";
import { hasPgBouncer, startPgBouncer } from "./pgbouncer.ts";
import { promotion } from "./promotion.ts";
import { readOnly } from "./read-only.ts";
import { printResult, type Row, rowOf } from "./report.ts";
import { restore } from "./restore.ts";
import type { Scenario } from "./scenario.ts";
import { childrenOf, signalTo } from "./server.ts";

/**
 * Publishes posts while the history of the database breaks: a standby without the last commits takes over, the folder
 * is copied or taken back, its clock is set; then compares the platforms' journals with what Galley says. See
 * docs/chaos.md, "The database's history".
 *
 *   npm run chaos:database -- --promotions 20 --steps 20 --clones 4 --restores 10
 */
const { values } = parseArgs({
  options: {
    promotions: { type: "string", default: "0" },
    steps: { type: "string", default: "0" },
    clones: { type: "string", default: "0" },
    restores: { type: "string", default: "0" },
    failovers: { type: "string", default: "0" },
    poolers: { type: "string", default: "0" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    platforms: { type: "string", default: "sandbox,x,facebook,linkedin-page,linkedin" },
  },
});

/** A pooler that keeps its connections over a failover must not hide one. */
const behindPgBouncer: Scenario = (options) => promotion({ ...options, between: startPgBouncer });

const scenarios: Record<string, { scenario: Scenario; times: number }> = {
  promotions: { scenario: promotion, times: Number(values.promotions) },
  "clock steps": { scenario: clockSteps, times: Number(values.steps) },
  clones: { scenario: clone, times: Number(values.clones) },
  restores: { scenario: restore, times: Number(values.restores) },
  "read-only failovers": { scenario: readOnly, times: Number(values.failovers) },
  "promotions behind PgBouncer": { scenario: behindPgBouncer, times: Number(values.poolers) },
};

// Whoever ends this ends what it has started.
process.once("exit", () => {
  for (const pid of childrenOf(process.pid)) signalTo(pid, "SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const rows: Row[] = [];
for (const [name, { scenario, times }] of Object.entries(scenarios)) {
  if (times === 0) continue;
  if (scenario === behindPgBouncer && !hasPgBouncer) {
    console.log(`${name}: left out, since there is no PgBouncer here (Debian's package pgbouncer)`);
    continue;
  }
  const started = performance.now();
  const result = await scenario({
    seed: Number(values.seed),
    mutations: [],
    say: (line) => console.log(`${name}, ${line}`),
    platforms: values.platforms.split(","),
    times,
  });
  const row = rowOf(name, times, result, performance.now() - started);
  printResult(row, result);
  rows.push(row);
}
console.table(rows);
process.exitCode = rows.every(({ kept }) => kept) ? 0 : 1;
