import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs the package in `folder` by its own lockfile, unless that lockfile is the one that was installed
 * last. Throws where npm fails.
 */
export function installOnDemand(
  folder: string,
  { notice, environment }: { notice: string; environment: NodeJS.ProcessEnv },
): void {
  const hash = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  const marker = join(folder, "node_modules", ".installed");
  if (existsSync(marker) && readFileSync(marker, "utf8") === hash) return;
  console.error(notice);
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    // What runs after us may be read by a program, so npm's words go to stderr.
    stdio: ["ignore", 2, 2],
    env: environment,
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) throw new Error(`npm ci failed in ${folder}`);
  writeFileSync(marker, hash);
}
