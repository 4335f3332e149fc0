import type { Command } from "commander";
import { z } from "zod";
import { meSchema } from "../answers.ts";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { readPassword } from "../io.ts";
import { writeSession } from "../session-file.ts";

/** init, login, logout, whoami. */
export const accountCommands: Register = (program, action) => {
  program
    .command("init")
    .description(
      "create the owner and the first workspace of a new installation; password from standard input",
    )
    .requiredOption("--email <address>", "your mail address")
    .option("--name <name>", "your name (default: the first part of the address)")
    .option("--workspace-name <name>", "the workspace (default: My workspace)")
    .option("--time-zone <zone>", "IANA time zone (default: this machine's)")
    .action(action(init));
  program
    .command("login")
    .description("sign in; password from standard input")
    .requiredOption("--email <address>", "your mail address")
    .action(action(login));
  program.command("logout").description("end the stored session").action(action(logout));
  program.command("whoami").description("who is signed in, and where").action(action(whoami));
};

const initSchema = z.object({
  email: z.string(),
  name: z.string().optional(),
  workspaceName: z.string().default("My workspace"),
  timeZone: z.string().default(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
});

async function init(context: Context, command: Command): Promise<void> {
  const options = initSchema.parse(command.opts());
  const api = context.publicApi();
  const { needed } = await api.call({ path: "/setup", schema: z.object({ needed: z.boolean() }) });
  if (!needed) {
    throw new CliFailure(
      "refused",
      `Galley at ${context.server} has its owner already; sign in with: galley login --email ${options.email}`,
    );
  }
  const password = await readPassword(context.io, "Password for the owner: ");
  const name = options.name ?? options.email.split("@")[0] ?? options.email;
  await openSession(context, "/setup", { ...options, name, password }, options.email);
}

async function login(context: Context, command: Command): Promise<void> {
  const { email } = z.object({ email: z.string() }).parse(command.opts());
  const password = await readPassword(context.io, `Password for ${email}: `);
  await openSession(context, "/sessions", { email, password }, email);
}

async function openSession(context: Context, path: string, body: object, email: string): Promise<void> {
  const { headers, body: session } = await context.publicApi().callWithHeaders({
    method: "POST",
    path,
    body: { ...body, transport: "bearer" },
    schema: z.looseObject({ userId: z.string(), expiresAt: z.string() }),
  });
  const token = headers["set-auth-token"];
  if (typeof token !== "string")
    throw new CliFailure("failure", "The server opened a session but sent no token.");
  await writeSession(context.sessionFile, context.server, { token, email });
  context.print(
    { server: context.server, email, userId: session.userId, expiresAt: session.expiresAt },
    () => `Signed in at ${context.server} as ${email}.`,
  );
}

async function logout(context: Context): Promise<void> {
  const api = await context.api();
  try {
    await api.call({ method: "DELETE", path: "/sessions/current", schema: z.unknown() });
  } catch (error) {
    // A session that the server no longer knows is as ended as it can be.
    if (!(error instanceof CliFailure && error.reason === "notSignedIn")) throw error;
  }
  await writeSession(context.sessionFile, context.server, null);
  context.print({ server: context.server }, () => `Signed out at ${context.server}.`);
}

async function whoami(context: Context): Promise<void> {
  const api = await context.api();
  const me = await api.call({ path: "/me", schema: meSchema });
  context.print(
    me,
    () =>
      `${me.user.name} <${me.user.email}>, ${me.role ?? "no role"} of ${me.workspace?.name ?? "no workspace"}, at ${context.server}`,
  );
}
