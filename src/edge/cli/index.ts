import { CommanderError } from "commander";
import { addCompletion, asksForCompletion, describeCompletion } from "./completion.ts";
import { CliFailure, exitCodes } from "./exit.ts";
import { type CliIo, say, sayJson } from "./io.ts";
import { createProgram } from "./program.ts";

export type { CliIo } from "./io.ts";

/** Runs one command and returns its exit code; see `exitCodes`. `argv` is without the program's own name. */
export async function runCli(argv: string[], io: CliIo): Promise<number> {
  try {
    const program = createProgram(io);
    if (asksForCompletion(argv)) await addCompletion(program);
    else describeCompletion(program);
    await program.parseAsync(argv, { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    // Commander has said already what is wrong; asking for help or the version is nothing wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const failure = error instanceof CliFailure ? error : unexpected(error);
    const { code, message, problems } = failure;
    if (argv.includes("--json")) sayJson(io.stderr, { error: { code, message, errors: problems } });
    else say(io.stderr, asWords(failure));
    return exitCodes[failure.reason];
  }
}

function unexpected(error: unknown): CliFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new CliFailure("failure", message, { code: "cli.unexpected" });
}

function asWords({ message, problems }: CliFailure): string {
  const others = problems.filter((problem) => problem.message !== message);
  return [`error: ${message}`, ...others.map((problem) => `  ${problem.path}: ${problem.message}`), ""].join(
    "\n",
  );
}
