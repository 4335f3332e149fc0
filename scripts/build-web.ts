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
import { serviceWorkerSource, writeServiceWorker } from "./service-worker.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = join(root, "web");
const stamp = join(web, "dist", ".built-from");

function inputs(): string[] {
  const sources = readdirSync(join(web, "src"), { recursive: true, withFileTypes: true });
  const assets = readdirSync(join(web, "public"), { recursive: true, withFileTypes: true });
  // The rule that tells what X makes a link of is the server's own.
  const shared = readdirSync(join(root, "src/connectors/text"), { withFileTypes: true });
  const files = [...sources, ...assets, ...shared].filter((entry) => entry.isFile());
  const own = [
    "web/index.html",
    "web/vite.config.ts",
    "scripts/build-web.ts",
    "scripts/service-worker.ts",
    "src/edge/http/machine-paths.ts",
    "package-lock.json",
  ].map((name) => join(root, name));
  return [...own, serviceWorkerSource, ...files.map((entry) => join(entry.parentPath, entry.name))].sort();
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const path of inputs()) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
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

const current = fingerprint();
const built = existsSync(stamp) ? readFileSync(stamp, "utf8") : null;
if (built !== current || process.argv.includes("--force")) {
  console.log("Building the dashboard (only after its sources changed)...");
  // Whoever starts this may run tests; what is built is what people get, not React's slow one for development.
  process.env["NODE_ENV"] = "production";
  const { build } = await import("vite");
  await build({ configFile: join(web, "vite.config.ts"), logLevel: "warn" });
  writeServiceWorker(join(web, "dist"));
  await compress(join(web, "dist"));
  writeFileSync(stamp, current);
}
