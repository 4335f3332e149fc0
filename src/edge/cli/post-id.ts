import type { Command } from "commander";
import { isId } from "#kit";
import { CliFailure } from "./exit.ts";

/** The id that a command was given, checked before it becomes part of an address. */
export function idOf(command: Command): string {
  const [id = ""] = command.args;
  if (isId(id)) return id;
  throw new CliFailure("usage", `"${id}" is no post's id; galley posts lists them.`);
}
