import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Mode } from "./variables.ts";
import { modes } from "./variables.ts";

export type Environment = Record<string, string | undefined>;

/** A setting's text and where it was found. */
export type Sourced = Map<string, { text: string; source: string }>;

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}

function modeOf(...environments: Environment[]): Mode {
  const named = environments.map((environment) => environment["GALLEY_MODE"]).find(Boolean);
  return modes.find((mode) => mode === named) ?? "development";
}

/**
 * Settings from `.env`, then `.env.<mode>`, then the environment: the later wins. Empty text counts as
 * unset, because container tools pass variables on that way.
 */
export function gatherSources(environment: Environment, folder: string): Sourced {
  const general = readEnvFile(join(folder, ".env"));
  const modeFile = `.env.${modeOf(environment, general)}`;
  const found: Sourced = new Map();
  const layers: [string, Environment][] = [
    [".env", general],
    [modeFile, readEnvFile(join(folder, modeFile))],
    ["the environment", environment],
  ];
  for (const [source, values] of layers) {
    for (const [name, text] of Object.entries(values)) {
      if (text !== undefined && text !== "") found.set(name, { text, source });
    }
  }
  return found;
}
