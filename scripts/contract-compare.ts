import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeContracts } from "../src/edge/http/docs/describe.ts";
import { breakingChanges, type Document } from "./contract/compare.ts";

// Compares the API with the last released description, docs/openapi.json: `npm run contract:compare`. A change that
// breaks a client fails; what is only new does not. With `--release`, which a release runs, it writes the description
// instead; a break that is meant is released so, under another version of the API.

const file = fileURLToPath(new URL("../docs/openapi.json", import.meta.url));
const packageFile = new URL("../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };

const current = (await describeContracts({ version, publicUrl: "http://127.0.0.1:3000" })) as Document;
if (process.argv.includes("--release")) {
  writeFileSync(file, linesOf(current));
} else {
  const found = breakingChanges(JSON.parse(readFileSync(file, "utf8")) as Document, current);
  for (const { where, what, isNote } of found) console.log(`${isNote ? "note" : "breaks"}: ${where} ${what}`);
  const breaks = found.filter(({ isNote }) => !isNote).length;
  console.log(breaks === 0 ? "No client of the last release is broken." : `${breaks} changes break clients.`);
  process.exitCode = breaks === 0 ? 0 : 1;
}

/** A path a line, so that a release shows what it changed and the file stays small. */
function linesOf({ paths, ...rest }: Document): string {
  const lines = Object.entries(paths).map(
    ([path, methods]) => `${JSON.stringify(path)}:${JSON.stringify(methods)}`,
  );
  return `${JSON.stringify(rest).slice(0, -1)},"paths":{\n${lines.join(",\n")}\n}}\n`;
}
