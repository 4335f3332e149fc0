import type { Command } from "commander";
import { z } from "zod";
import type { Installation } from "#installation";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { onMachine } from "../machine.ts";
import { table } from "../print.ts";

/** admin: who decides about the installation. On the machine, because somebody may have left with the last key. */
export const adminCommands: Register = (program, action) => {
  const group = program
    .command("admin")
    .description("who decides about the whole installation; run it in the server's folder");
  group.command("list", { isDefault: true }).description("all of them").action(action(list));
  group
    .command("add")
    .description("make the person with this address an admin")
    .argument("<address>", "the mail address of an account")
    .action(action(add));
  group
    .command("remove")
    .description("take it back; the last admin stays")
    .argument("<address>", "the mail address of an admin")
    .action(action(remove));
};

type Admins = Awaited<ReturnType<Installation["admins"]>>;

async function list(context: Context): Promise<void> {
  print(context, await onMachine(context, ({ installation }) => installation.admins()));
}

async function add(context: Context, command: Command): Promise<void> {
  const [email] = z.tuple([z.string()]).parse(command.args);
  print(
    context,
    await onMachine(context, ({ installation }) => installation.addAdmin({ kind: "machine" }, email)),
  );
}

async function remove(context: Context, command: Command): Promise<void> {
  const [email] = z.tuple([z.string()]).parse(command.args);
  const left = await onMachine(context, async ({ accounts, installation }) => {
    const person = await accounts.find(email);
    if (person === null) throw new CliFailure("notFound", `Nobody here has the address ${email}.`);
    return installation.removeAdmin({ kind: "machine" }, person.id);
  });
  print(context, left);
}

function print(context: Context, admins: Admins): void {
  context.print({ items: admins }, () =>
    table(
      ["Admin", "Name", "Since"],
      admins.map(({ email, name, since }) => [email, name, since.toISOString().slice(0, 10)]),
    ),
  );
}
