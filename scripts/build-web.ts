/**
 * Builds the dashboard when its sources have changed since the last build (`--force`: always). `npm start`
 * calls this, so an up-to-date dashboard costs one hash over about a hundred small files and loads no bundler.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const web = join(root, "web");
const stamp = join(web, "dist", ".built-from");

function inputs(): string[] {
  const sources = readdirSync(join(web, "src"), { recursive: true, withFileTypes: true });
  const assets = readdirSync(join(web, "public"), { recursive: true, withFileTypes: true });
  // The rule that tells what X makes a link of is the server's own.
  const shared = readdirSync(join(root, "src/connectors/text"), { withFileTypes: true });
  const files = [...sources, ...assets, ...shared].filter((entry) => entry.isFile());
  const own = ["web/index.html", "web/vite.config.ts", "package-lock.json"].map((name) => join(root, name));
  return [...own, ...files.map((entry) => join(entry.parentPath, entry.name))].sort();
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const path of inputs()) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

const current = fingerprint();
const built = existsSync(stamp) ? readFileSync(stamp, "utf8") : null;
if (built !== current || process.argv.includes("--force")) {
  console.log("Building the dashboard (only after its sources changed)...");
  const { build } = await import("vite");
  await build({ configFile: join(web, "vite.config.ts"), logLevel: "warn" });
  writeFileSync(stamp, current);
}
