import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { limits } from "./shape/limits.ts";
import { readSource } from "./shape/source.ts";

// How the sources are built, in numbers that may only get better: `npm run shape`, and with `--all` whatever makes each.

const root = fileURLToPath(new URL("..", import.meta.url));
const { imports } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  imports: Record<string, string>;
};
const files = globSync(["{src,emulator,bench,scripts,test}/**/*.ts", "web/src/**/*.{ts,tsx}"], { cwd: root })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !/\.test\.ts$|\.gen\.ts$|^test\/peers\//.test(file))
  .toSorted();
const sources = files.map((file) => readSource(root, file, imports));
const shown = process.argv.includes("--all") ? Infinity : 3;

const rows = limits.map(({ what, bar, allowed = bar, measure }) => {
  const { value, found } = measure(sources);
  return { what, value, allowed, bar, found };
});
console.table(rows.map(({ found: _found, ...row }) => row));
for (const { what, value, allowed, found } of rows) {
  if (value > allowed || shown > 3) console.log([`\n${what}:`, ...found.slice(0, shown)].join("\n  "));
}
const worse = rows.filter(({ value, allowed }) => value > allowed);
const better = rows.filter(({ value, allowed, bar }) => value < allowed && allowed > bar);
for (const { what, value } of better) {
  console.log(`${what}: ${value} now, so write that into scripts/shape/limits.ts, and it stays.`);
}
if (worse.length > 0) console.error(`\nworse than allowed: ${worse.map(({ what }) => what).join(", ")}`);
process.exitCode = worse.length > 0 || better.length > 0 ? 1 : 0;
