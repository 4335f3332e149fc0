import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { missingNames, type Rule, rulesOf } from "./model-map.ts";
import { isInstalled, type ModelResult, type ModelRun, runModel } from "./spin.ts";

// Checks the models of delivery with spin: whole, nothing may break a claim; without a rule, one must be broken, and the
// one that docs/model.md names. `npm run model`; `npm run model -- NO_FENCE` tells how it goes wrong without that rule.

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}docs/model.md`, "utf8");
const rules = rulesOf(page);
/** Of troubles from outside in one run of model/sending.pml. */
const mostTroubles = 2;
/** Their shortest counterexamples take a minute to find, and any other a few seconds. */
const deep = new Set(["NO_TWIN_OF_LOST", "NO_ASKED_BEFORE"]);

type Check = { name: string; run: ModelRun; rule: Rule | null };

const whole: Check[] = ["sending", "history"].map((model) => ({
  name: `${model}.pml, with all its rules`,
  run: {
    model: `${root}model/${model}.pml`,
    defines: [`TROUBLES=${mostTroubles}`],
    search: "whole",
  },
  rule: null,
}));

function withoutRule(rule: Rule): Check {
  return {
    name: rule.name,
    run: {
      model: `${root}model/${rule.model}`,
      // What would be sent twice is told as failed a step before, where it comes too late.
      defines: [
        rule.name,
        `TROUBLES=${rule.troubles}`,
        ...(rule.breaks === "never twice" ? ["IN_TIME"] : []),
      ],
      search: deep.has(rule.name) ? "deep" : "shortest",
    },
    rule,
  };
}

/** Null where it is as it must be. */
function problemOf({ rule }: Check, result: ModelResult): string | null {
  const { broken, isProven, unreached, trouble } = result;
  if (trouble !== null) return trouble;
  if (rule === null) {
    if (broken !== null) return `broken: ${broken.claim}\n  ${broken.steps.join("\n  ")}`;
    if (!isProven) return "the search came to no end, so it proves nothing";
    return unreached.length === 0 ? null : `no run comes to\n  ${unreached.join("\n  ")}`;
  }
  if (broken === null) return "nothing goes wrong without it";
  return broken.claim === rule.breaks
    ? null
    : `breaks "${broken.claim}", and docs/model.md says "${rule.breaks}"`;
}

function printResult(
  { name }: Check,
  { states, seconds, broken }: ModelResult,
  problem: string | null,
): void {
  const told = broken === null ? "nothing broken" : broken.claim;
  const mark = problem === null ? "ok " : "BAD";
  console.log(
    `${mark} ${name.padEnd(34)} ${String(states).padStart(9)} states ${seconds.toFixed(1).padStart(6)} s  ${told}`,
  );
  if (problem !== null) console.log(`    ${problem}`);
}

/** Runs them all, as many at a time as there are processors, and returns how many are not as they must be. */
async function checkAll(checks: readonly Check[]): Promise<number> {
  const waiting = [...checks];
  let wrong = 0;
  async function work(): Promise<void> {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const result = await runModel(check.run);
      const problem = problemOf(check, result);
      if (problem !== null) wrong += 1;
      printResult(check, result, problem);
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work));
  return wrong;
}

async function tell(name: string): Promise<number> {
  const rule = rules.find((one) => one.name === name);
  if (!rule) throw new RangeError(`docs/model.md has no rule ${name}`);
  const { broken } = await runModel(withoutRule(rule).run);
  if (broken === null) return 1;
  console.log(`${broken.steps.join("\n")}\nbroken: ${broken.claim}`);
  return 0;
}

async function main(): Promise<number> {
  const missing = missingNames(page, root);
  for (const name of missing) console.log(`BAD docs/model.md names ${name}, and it is not there`);
  if (!(await isInstalled("spin", "-V")) || !(await isInstalled("cc", "--version"))) {
    console.log("skipped: the models; spin or a C compiler is not installed (Debian: spin, gcc, libc6-dev)");
    // oxlint-disable-next-line node/no-process-env -- a script, not the product
    return missing.length > 0 || process.env["CI"] ? 1 : 0;
  }
  const [wanted] = process.argv.slice(2);
  if (wanted !== undefined) return tell(wanted);
  const startedAt = performance.now();
  const wrong = await checkAll([...whole, ...rules.map(withoutRule)]);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`${rules.length} rules, ${wrong + missing.length} not as they must be, ${seconds} s`);
  return wrong + missing.length > 0 ? 1 : 0;
}

process.exitCode = await main();
