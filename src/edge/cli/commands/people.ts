import type { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api.ts";
import { askFirst, yesOption } from "../ask.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { givenId, shortIds, wholeId } from "../ids.ts";
import { table } from "../print.ts";

const memberSchema = z.looseObject({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  joinedAt: z.string(),
});
const membersSchema = z.object({ items: z.array(memberSchema) });
const invitationSchema = z.looseObject({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  expiresAt: z.string(),
});

/** members, invitations: who works in the workspace. */
export const peopleCommands: Register = (program, action) => {
  const group = program.command("members").description("who works in the workspace");
  group.command("list", { isDefault: true }).description("all members").action(action(members));
  group
    .command("role")
    .description("give a member another role: owner, admin, editor, approver or viewer")
    .argument("<email>")
    .argument("<role>")
    .action(action(changeRole));
  group
    .command("remove")
    .description("take a member out of the workspace; what they wrote stays")
    .argument("<email>")
    .option(...yesOption)
    .action(action(remove));

  const invited = program.command("invitations").description("who is asked to join the workspace");
  invited.command("list", { isDefault: true }).description("open invitations").action(action(invitations));
  invited
    .command("create")
    .description("invite somebody; prints a link to hand to them, which works once")
    .argument("<email>")
    .requiredOption("--role <role>", "admin, editor, approver or viewer")
    .action(action(invite));
  invited.command("revoke").description("take one back").argument("<id>").action(action(revoke));
};

async function members(context: Context): Promise<void> {
  const list = await (await context.api()).call("listMembers", { schema: membersSchema });
  context.print(list, () => {
    const rows = list.items.map(({ email, name, role, joinedAt }) => [
      email,
      name,
      role,
      joinedAt.slice(0, 10),
    ]);
    return table(["email", "name", "role", "since"], rows);
  });
}

async function memberOf(api: Api, named: string): Promise<z.output<typeof memberSchema>> {
  const { items } = await api.call("listMembers", { schema: membersSchema });
  const found = items.find(
    ({ email, userId }) => userId === named || email.toLowerCase() === named.toLowerCase(),
  );
  if (found) return found;
  throw new CliFailure("notFound", `No member has the address ${named}; galley members lists them.`);
}

async function changeRole(context: Context, command: Command): Promise<void> {
  const [named = "", role = ""] = command.args;
  const api = await context.api();
  const member = await memberOf(api, named);
  await api.call("changeRole", { params: { userId: member.userId }, body: { role }, schema: z.null() });
  context.print({ ...member, role }, () => `${member.name} is ${role} now.`);
}

async function remove(context: Context, command: Command): Promise<void> {
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(command.opts());
  const api = await context.api();
  const member = await memberOf(api, command.args[0] ?? "");
  const question = `Take ${member.name} <${member.email}> out of the workspace?`;
  await askFirst(context, { yes, question, refusal: "Nobody was removed." });
  await api.call("removeMember", { params: { userId: member.userId }, schema: z.null() });
  context.print(member, () => `${member.name} is no longer a member.`);
}

async function invitations(context: Context): Promise<void> {
  const api = await context.api();
  const schema = z.object({ items: z.array(invitationSchema) });
  const list = await api.call("listInvitations", { schema });
  context.print(list, () => {
    if (list.items.length === 0)
      return "Nobody is invited. Invite somebody: galley invitations create --help";
    const short = shortIds(list.items.map(({ id }) => id));
    const rows = list.items.map(({ id, email, role, expiresAt }) => [
      short.get(id) ?? id,
      email,
      role,
      expiresAt,
    ]);
    return table(["id", "email", "role", "open until"], rows);
  });
}

async function invite(context: Context, command: Command): Promise<void> {
  const { role } = z.object({ role: z.string() }).parse(command.opts());
  const api = await context.api();
  const body = { email: command.args[0] ?? "", role };
  const schema = invitationSchema.extend({ link: z.string() });
  const made = await api.call("invite", { body, schema });
  context.print(made, () => `Hand this to ${made.email}; it works once:\n${made.link}`);
}

async function revoke(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "invitation");
  const api = await context.api();
  const id = await wholeId(api, given, "invitation");
  await api.call("revokeInvitation", { params: { id }, schema: z.null() });
  context.print({ id }, () => "The invitation is taken back.");
}
