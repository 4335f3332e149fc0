import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** One run of the checker over a model. */
export type ModelRun = {
  /** Path of the `.pml`. */
  model: string;
  /** Names for the preprocessor: `NO_FENCE`, `TROUBLES=1`. */
  defines: readonly string[];
  /** `shortest`: the shortest counterexample. `whole`: every state, quickly. `deep`: any counterexample. */
  search: "shortest" | "whole" | "deep";
};

export type ModelResult = {
  /** Of distinct states. */
  states: number;
  seconds: number;
  /** Every reachable state was visited, and no claim is broken. */
  isProven: boolean;
  /** Statements that no run comes to: a rule that never applies shows nothing. */
  unreached: string[];
  /** The comment beside the claim that was broken, and how it came to that; null where none was. */
  broken: { claim: string; steps: string[] } | null;
  /** The checker's own words where it came to no end. */
  trouble: string | null;
};

const memoryMb = 3_000;
const longestPath = 100_000;
const longestMs = 110_000;

/** What a program printed, whatever it exited with. */
async function outputOf(command: string, args: readonly string[], folder: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(command, args, { cwd: folder, timeout: longestMs });
  let output = "";
  const take = (piece: Buffer) => {
    output += piece.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  child.once("error", reject);
  child.once("close", () => resolve(output));
  return promise;
}

/** Whether a program can be started here. */
export async function isInstalled(command: string, versionFlag: string): Promise<boolean> {
  return outputOf(command, [versionFlag], tmpdir()).then(
    () => true,
    () => false,
  );
}

/** Generates a verifier, compiles it and runs it in a folder of its own. */
export async function runModel({ model, defines, search }: ModelRun): Promise<ModelResult> {
  const folder = await mkdtemp(join(tmpdir(), "galley-model-"));
  const flags = defines.map((name) => `-D${name}`);
  const startedAt = performance.now();
  try {
    const generated = await outputOf("spin", ["-a", ...flags, model], folder);
    const speed = search === "whole" ? ["-O2"] : ["-O0"];
    const order = search === "shortest" ? ["-DBFS"] : [];
    const options = ["-w", "-DSAFETY", "-DNOBOUNDCHECK", `-DMEMLIM=${memoryMb}`];
    const compiled = await outputOf("cc", [...speed, ...options, ...order, "-o", "pan", "pan.c"], folder);
    const output = await outputOf("./pan", ["-E", `-m${longestPath}`], folder).catch(() => "");
    const seconds = (performance.now() - startedAt) / 1_000;
    const isBroken = output.includes("assertion violated");
    const broken = isBroken ? await counterexample(folder, model, flags) : null;
    return { ...readVerdict(`${generated}${compiled}${output}`), seconds, broken };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A search that was cut short proves nothing, and says so in one of these ways. */
const cutShort =
  /max search depth too small|Search not completed|out of memory|memory limit|hash-table full/iu;

function readVerdict(output: string): Omit<ModelResult, "seconds" | "broken"> {
  const errors = /errors: (\d+)/u.exec(output)?.[1];
  const states = Number(/(\d+) states, stored/u.exec(output)?.[1] ?? 0);
  const unreached = [...output.matchAll(/^\t.*state \d+, "(.*)"$/gmu)]
    .map(([line, statement = ""]) => ({ line: line.trim(), statement }))
    .filter(({ statement }) => statement !== "-end-")
    .map(({ line }) => line);
  const isProven = errors === "0" && states > 0 && !cutShort.test(output);
  const trouble = errors === undefined ? output.trim().split("\n").slice(-5).join("\n") : null;
  return { states, isProven, unreached, trouble };
}

/** Replays the path to the broken claim, as the model tells it. */
async function counterexample(
  folder: string,
  model: string,
  flags: readonly string[],
): Promise<{ claim: string; steps: string[] }> {
  const trail = join(folder, `${basename(model)}.trail`);
  const output = await outputOf("spin", ["-t", "-B", ...flags, "-k", trail, model], folder);
  const steps = output.split("\n").filter((line) => line !== "" && !line.startsWith("spin: "));
  const [, file, line] = /spin: (\S+):(\d+), Error: assertion violated/u.exec(output) ?? [];
  if (file === undefined) return { claim: "an assertion without a comment", steps };
  const text = (await readFile(file, "utf8")).split("\n")[Number(line) - 1] ?? "";
  return { claim: /\/\* (.*) \*\//u.exec(text)?.[1] ?? text.trim(), steps: steps.map((step) => step.trim()) };
}
