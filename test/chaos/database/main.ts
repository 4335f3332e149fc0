import { parseArgs } from "node:util";
import { clone } from "./clone.ts";
import { promotion } from "./promotion.ts";
import { printResult, type Row, rowOf } from "./report.ts";
import { restore } from "./restore.ts";
import type { Scenario } from "./scenario.ts";

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
    clones: { type: "string", default: "0" },
    restores: { type: "string", default: "0" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    platforms: { type: "string", default: "sandbox,x,facebook,linkedin-page,linkedin" },
  },
});

const scenarios: Record<string, { scenario: Scenario; times: number }> = {
  promotions: { scenario: promotion, times: Number(values.promotions) },
  clones: { scenario: clone, times: Number(values.clones) },
  restores: { scenario: restore, times: Number(values.restores) },
};

const rows: Row[] = [];
for (const [name, { scenario, times }] of Object.entries(scenarios)) {
  if (times === 0) continue;
  const started = performance.now();
  const result = await scenario({
    clones: { type: "string", default: "0" },
    restores: { type: "string", default: "0" },
    seed: Number(values.seed),
    mutations: [],
    platforms: values.platforms.split(","),
    times,
  });
  const row = rowOf(name, times, result, performance.now() - started);
  printResult(row, result);
  rows.push(row);
}
console.table(rows);
process.exitCode = rows.every(({ kept }) => kept) ? 0 : 1;
