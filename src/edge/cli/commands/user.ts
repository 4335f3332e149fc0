import type { Command } from "commander";
import { z } from "zod";
import type { Context, Register } from "../context.ts";
import { readPassword } from "../io.ts";
import { onMachine } from "../machine.ts";

/** user: lets somebody in again who is locked out, on the machine. */
export const userCommands: Register = (program, action) => {
  const group = program.command("user").description("let somebody in again; run it in the server's folder");
  group
    .command("unlock")
    .description("end the pause after wrong passwords")
    .argument("<address>", "the mail address of the account")
    .action(action(unlock));
  group
    .command("reset-password")
    .description("set a new password, end all sessions and unlock; password from standard input")
    .argument("<address>", "the mail address of the account")
    .action(action(resetPassword));
};

function addressOf(command: Command): string {
  return z.tuple([z.string()]).parse(command.args)[0];
}

async function unlock(context: Context, command: Command): Promise<void> {
  const { id, email } = await onMachine(context, ({ accounts }) => accounts.unlock(addressOf(command)));
  context.print({ userId: id, email }, () => `${email} may sign in again.`);
}

async function resetPassword(context: Context, command: Command): Promise<void> {
  const address = addressOf(command);
  const password = await readPassword(context.io, `New password for ${address}: `);
  const { id, email } = await onMachine(context, ({ accounts }) => accounts.resetPassword(address, password));
  context.print({ userId: id, email }, () => `${email} has the new password, and no session any more.`);
}
