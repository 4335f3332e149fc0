import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnDemand } from "./on-demand.ts";

// Runs one of the programs that check the code: `node scripts/tool.ts oxlint --type-aware`. They have a
// package and lockfile of their own under tools, installed here when it changed, so that who only runs or
// tests Galley does not install 90 MB of them.

const tools = fileURLToPath(new URL("../tools", import.meta.url));
const programs = join(tools, "node_modules", ".bin");
// oxlint-disable-next-line node/no-process-env -- a script, not the product
const environment = process.env;

const [program, ...options] = process.argv.slice(2);
if (program === undefined) throw new TypeError("name a program: tsc, oxlint, oxfmt or knip");
installOnDemand(tools, { notice: "Installing the tools that check the code.", environment });
const { status } = spawnSync(join(programs, program), options, {
  stdio: "inherit",
  // oxlint looks for its type checker on the PATH.
  env: { ...environment, PATH: [programs, environment["PATH"] ?? ""].join(delimiter) },
  shell: process.platform === "win32",
});
process.exit(status ?? 1);
