import { spawn, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnDemand } from "./on-demand.ts";

// Tests against servers of other projects. They have a lockfile of their own under test/peers, installed
// here when it changed, so that the product's install stays small. Their SQLite addon is compiled for the
// system's Node (20 or 22), as it does not build for newer ones.

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, "test", "peers");
// oxlint-disable-next-line node/no-process-env -- a script, not the product
const environment = process.env;

/** The first Node 20 to 22 on the PATH that is not this project's own. */
function systemNode(): string | null {
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    const node = join(folder, "node");
    if (folder.includes("node_modules") || !existsSync(node)) continue;
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout;
    if (/^v2[0-2]\./.test(version)) return node;
  }
  return null;
}

/** Installs so that the addon fits that Node. */
function install(node: string): void {
  const path = [join(node, ".."), environment["PATH"] ?? ""].join(delimiter);
  // npm puts this project's own Node before the system's for install scripts; the addon must still be
  // built with the headers of the Node that will load it, where those are installed beside it.
  const prefix = join(realpathSync(node), "../..");
  const headers = existsSync(join(prefix, "include/node/node_version.h"))
    ? { npm_config_nodedir: prefix }
    : {};
  installOnDemand(peers, {
    notice: "Installing test/peers; this compiles an addon and takes a minute or two.",
    environment: { ...environment, ...headers, PATH: path },
  });
}

const node = systemNode();
const excluded: string[] = [];
if (node === null) {
  console.log("skipped: bluesky against a real PDS; there is no Node 20 to 22 on the PATH");
  excluded.push("--exclude", "**/bluesky.peer.test.ts");
} else {
  install(node);
}
const vitest = spawn(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", "vitest.peers.config.ts", ...excluded],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...environment, ...(node === null ? {} : { GALLEY_PEERS_NODE: node }) },
  },
);
vitest.once("exit", (code) => process.exit(code ?? 1));
