import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { machinePaths } from "../src/edge/http/machine-paths.ts";

/** What runs in the browser; the build writes above it what it keeps. */
export const serviceWorkerSource = fileURLToPath(new URL("../web/service-worker.js", import.meta.url));

/** Writes `sw.js` into a built dashboard, before its files are compressed: it changes when one of them does. */
export function writeServiceWorker(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && entry.name !== "sw.js")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.slice(folder.length)).update("\0").update(readFileSync(file));
  const paths = files.map((file) => `/${relative(folder, file).replaceAll(sep, "/")}`);
  const build = `galley-${hash.digest("hex").slice(0, 16)}`;
  const known = [
    `const build = ${JSON.stringify(build)};`,
    `const files = ${JSON.stringify(paths)};`,
    `const elsewhere = ${machinePaths.toString()};`,
  ];
  writeFileSync(join(folder, "sw.js"), `${known.join("\n")}\n${readFileSync(serviceWorkerSource, "utf8")}`);
}
