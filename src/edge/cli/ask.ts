import type { Context } from "./context.ts";
import { CliFailure } from "./exit.ts";
import { confirm } from "./io.ts";

/**
 * Asks before what cannot be taken back. Without a terminal nobody could answer, so a script says --yes instead.
 *
 * @param question ends with a question mark; "no" ends the command with `refusal`
 */
export async function askFirst(
  context: Context,
  { yes, question, refusal }: { yes: boolean; question: string; refusal: string },
): Promise<void> {
  if (yes) return;
  if (!context.io.stdin.isTTY || context.json) {
    throw new CliFailure("usage", `This is asked for at a terminal ("${question}"); in a script add --yes.`);
  }
  if (!(await confirm(context.io, question))) throw new CliFailure("failure", refusal);
}

/** The option that answers `askFirst`. */
export const yesOption = ["--yes", "do not ask (for scripts)"] as const;

/** The option that takes back what was just approved. */
export const undoOption = ["--undo", "take back the approval that you gave in the last ten seconds"] as const;
