import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { everyContract } from "../src/edge/contract/every.ts";

// Writes methods and paths of all operations into a small file that clients import instead of the schemas:
// `npm run contract`, whenever a route is added or moved. A test compares.

const file = fileURLToPath(new URL("../src/edge/contract/operations.gen.ts", import.meta.url));

/** The file as it must stand. */
export function operationsFile(): string {
  const lines = Object.entries(everyContract).map(
    ([operationId, { method, path }]) => `  ${operationId}: ["${method}", "${path}"],`,
  );
  return [
    "// Written by `npm run contract` from the contracts of the features; do not edit.",
    "",
    "/** Method and path, below `/api/v1`, of every operation. */",
    "export const operations = {",
    ...lines,
    "} as const;",
    "",
  ].join("\n");
}

if (import.meta.main) writeFileSync(file, operationsFile());
