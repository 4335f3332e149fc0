import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { specs } from "../support/specs.ts";
import { type SpecValidator, specValidator } from "./spec-validator.ts";

const file = join(specs, "x-api-v2.openapi.json");

/** By X's own document; null, with a word about it, where that is absent. It says nothing of OAuth. */
export function xSpecValidator(): SpecValidator | null {
  if (!existsSync(file)) {
    console.log(`skipped: requests to X against its specification; ${file} does not exist`);
    return null;
  }
  return specValidator(JSON.parse(readFileSync(file, "utf8")), {
    ignore: ({ path }) => !path.startsWith("/2/") || path.startsWith("/2/oauth2/"),
  });
}
