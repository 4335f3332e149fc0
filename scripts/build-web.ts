/**
 * Builds the dashboard when its sources have changed since the last build (`--force`: always). `npm start`
 * calls this, so an up-to-date dashboard costs one hash over about a hundred small files and loads no bundler.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Rolldown } from "vite";
import { serviceWorkerSource, writeServiceWorker } from "./service-worker.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = join(root, "web");
const stamp = join(web, "dist", ".built-from");

/** What was built last: from which modules beside `web`, and a hash of all that went into it. */
type Stamp = { shared: string[]; hash: string };

function lastBuild(): Stamp | null {
  try {
    return JSON.parse(readFileSync(stamp, "utf8")) as Stamp;
  } catch {
    return null;
  }
}

/** Every file of the dashboard, and those of the server that it imported last: an import more is a change of its own. */
function inputs(shared: string[]): string[] {
  const folders = ["web/src", "web/public"].map((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }),
  );
  const files = folders.flat().filter((entry) => entry.isFile());
  const own = [
    "web/index.html",
    "web/catalogues.ts",
    "src/platform/texts/compile.ts",
    "web/vite.config.ts",
    "scripts/build-web.ts",
    "scripts/service-worker.ts",
    "src/edge/http/machine-paths.ts",
    "package-lock.json",
  ];
  return [
    ...[...own, ...shared].map((name) => join(root, name)),
    serviceWorkerSource,
    ...files.map((entry) => join(entry.parentPath, entry.name)),
  ].sort();
}

function fingerprint(shared: string[]): string {
  const hash = createHash("sha256");
  for (const path of inputs(shared)) {
    const content = existsSync(path) ? readFileSync(path) : "";
    hash.update(path.slice(root.length)).update("\0").update(content).update("\0");
  }
  return hash.digest("hex");
}

/** Modules of the server in what was built. */
function sharedModules(outputs: Rolldown.RolldownOutput[]): string[] {
  const modules = outputs
    .flatMap(({ output }) => output)
    .flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))
    .filter((id) => id.startsWith(join(root, "src/")));
  return [...new Set(modules)].map((id) => id.slice(root.length)).sort();
}

/** Compressed once and as well as can be, beside each file: the server sends these as they are. */
async function compress(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:js|css|html|svg)$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(
    files.map(async (path) => {
      const bytes = await readFile(path);
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
      await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
    }),
  );
}

const last = lastBuild();
if (last?.hash !== fingerprint(last?.shared ?? []) || process.argv.includes("--force")) {
  console.log("Building the dashboard (only after its sources changed)...");
  // Whoever starts this may run tests; what is built is what people get, not React's slow one for development.
  process.env["NODE_ENV"] = "production";
  const { build } = await import("vite");
  const built = await build({ configFile: join(web, "vite.config.ts"), logLevel: "warn" });
  if ("on" in built) throw new Error("A build that watches never ends.");
  writeServiceWorker(join(web, "dist"));
  await compress(join(web, "dist"));
  const shared = sharedModules(Array.isArray(built) ? built : [built]);
  writeFileSync(stamp, JSON.stringify({ shared, hash: fingerprint(shared) } satisfies Stamp));
}
