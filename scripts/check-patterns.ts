import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnDemand } from "./on-demand.ts";
import { fromTools, isBounded, type Pattern, patternsOf } from "./patterns.ts";

// Every pattern of the product takes a time that grows with its text alone, or says at its place why its text is
// short: `npm run patterns`. What recheck answered is kept beside the installed packages, so that a second run is short.

const root = fileURLToPath(new URL("..", import.meta.url));
const cacheFile = `${root}node_modules/.cache/patterns.json`;
/**
 * One seed and limits by work instead of by the clock, so that a busy machine answers as an idle one does. Only what
 * never ends is ended by time.
 */
const limits = { randomSeed: 1, attackTimeout: null, incubationTimeout: null, timeout: 300_000 };

type Verdict = { status: "safe" | "vulnerable" | "unknown"; why: string };
type Recheck = {
  checkSync: (
    source: string,
    flags: string,
    params: typeof limits,
  ) => { status: Verdict["status"]; complexity?: { summary: string }; error?: { kind: string } };
};

// oxlint-disable-next-line node/no-process-env -- a script, not the product
const environment = process.env;
// The backend of plain JavaScript answers the same on every machine.
environment["RECHECK_BACKEND"] = "pure";
installOnDemand(`${root}tools`, { notice: "Installing the tools that check the code.", environment });
const { checkSync } = fromTools("recheck") as Recheck;
const versions = readFileSync(`${root}tools/package.json`, "utf8");

function verdictOf({ source, flags }: Pattern): Verdict {
  // recheck does not know `v`; what means the same under `u` is read as that, and the rest is told unknown.
  const usual = isSameUnderU(source) ? flags.replace("v", "u") : flags;
  const { status, complexity, error } = checkSync(source, usual, limits);
  return { status, why: error?.kind ?? complexity?.summary ?? "" };
}

function isSameUnderU(source: string): boolean {
  return !/--|&&|\\q/.test(source) && !/\[[^\]]*(?<!\\)\[/.test(source);
}

const files = globSync(["src/**/*.ts", "web/src/**/*.{ts,tsx}"], { cwd: root }).filter(
  (file) => !file.includes(".test."),
);
const patterns = files.flatMap((file) => patternsOf(file, readFileSync(root + file, "utf8")));
const known = readCache();
const verdicts = new Map<string, Verdict>();
const problems: string[] = [];
for (const pattern of patterns) {
  if (pattern.reason !== null || isBounded(pattern)) continue;
  const key = createHash("sha256")
    .update(`${versions} ${pattern.flags} ${pattern.source}`)
    .digest("base64url");
  const verdict = verdicts.get(key) ?? known[key] ?? verdictOf(pattern);
  // Running out of time is no answer: on another day it may be told.
  if (verdict.why !== "timeout") verdicts.set(key, verdict);
  if (verdict.status === "safe") continue;
  const place = `${pattern.file}:${pattern.line}`;
  problems.push(`${place}: ${verdict.status} (${verdict.why}): /${pattern.source}/${pattern.flags}`);
}
mkdirSync(dirname(cacheFile), { recursive: true });
writeFileSync(cacheFile, JSON.stringify(Object.fromEntries(verdicts)));

for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(
    `\n${problems.length} of ${patterns.length} patterns may take far longer than their text. Write each so that it cannot, or say above it why its text is short: "// short text: ...".`,
  );
  process.exitCode = 1;
} else {
  console.log(`${patterns.length} patterns take no longer than their text.`);
}

function readCache(): Record<string, Verdict | undefined> {
  try {
    return JSON.parse(readFileSync(cacheFile, "utf8")) as Record<string, Verdict>;
  } catch {
    return {};
  }
}
