#!/usr/bin/env node
// What `npx galley` and an installed `galley` start. A shell finds whatever Node the machine has, so an old one hands
// over to the Node that came with `npm ci`; it is plain JavaScript that every Node since 12 reads.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const oldest = 24;
const door = fileURLToPath(new URL("galley.mjs", import.meta.url));

/** The program of the package `node`; null where it is not installed. */
function ownNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
  } catch {
    return null;
  }
}

function handOver(program) {
  const child = spawn(program, [door].concat(process.argv.slice(2)), { stdio: "inherit" });
  // The terminal signals both, and the child decides when it ends; what reaches only this process is passed on.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", () => void import("./galley.mjs"));
  child.on("exit", (code, signal) => {
    process.exitCode = code === null ? 128 + constants.signals[signal] : code;
  });
}

const program = Number.parseInt(process.versions.node, 10) < oldest ? ownNode() : null;
if (program === null) await import("./galley.mjs");
else handOver(program);
