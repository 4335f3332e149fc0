// Runs after `npm ci` under whatever Node the machine has, so it is plain JavaScript.
// The package `node` unpacks the whole distribution; Galley needs the program alone, and the headers,
// manuals and bundled npm beside it are 60 MB.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const nested = join(import.meta.dirname ?? ".", "../node_modules/node/node_modules");
try {
  for (const name of readdirSync(nested).filter((entry) => entry.startsWith("node-"))) {
    for (const part of ["include", "share", "lib"])
      rmSync(join(nested, name, part), { recursive: true, force: true });
  }
} catch {
  // Another layout of that package: nothing to trim.
}
