import type { Command } from "commander";
import { z } from "zod";
import type { Call } from "#contract";
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
    .option("--setup-token <token>", "what the server printed at its start, if it is on another machine")
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
  setupToken: z.string().optional(),
});

async function init(context: Context, command: Command): Promise<void> {
  const { setupToken, ...options } = initSchema.parse(command.opts());
  const api = context.publicApi();
  const stateSchema = z.object({ needed: z.boolean(), tokenNeeded: z.boolean().optional() });
  const { needed, tokenNeeded } = await api.call("setUpNeeded", { schema: stateSchema });
  if (!needed) {
    throw new CliFailure(
      "refused",
      `Galley at ${context.server} has its owner already; sign in with: galley login --email ${options.email}`,
    );
  }
  if (tokenNeeded === true && setupToken === undefined) {
    throw new CliFailure(
      "refused",
      `Galley at ${context.server} printed a link to set it up, in its terminal or log. Give the token at the end of it: galley init --email ${options.email} --setup-token TOKEN`,
    );
  }
  const password = await readPassword(context.io, "Password for the owner: ");
  const name = options.name ?? options.email.split("@")[0] ?? options.email;
  const headers = setupToken === undefined ? {} : { "galley-setup-token": setupToken };
  await openSession(
    context,
    { operation: "setUp", body: { ...options, name, password }, headers },
    options.email,
  );
}

async function login(context: Context, command: Command): Promise<void> {
  const { email } = z.object({ email: z.string() }).parse(command.opts());
  const password = await readPassword(context.io, `Password for ${email}: `);
  await openSession(context, { operation: "signIn", body: { email, password } }, email);
}

type Opening = { headers?: Record<string, string> } & (
  | { operation: "signIn"; body: Call<"signIn">["body"] }
  | { operation: "setUp"; body: Call<"setUp">["body"] }
);

async function openSession(
  context: Context,
  { operation, body, ...opening }: Opening,
  email: string,
): Promise<void> {
  const { headers, body: session } = await context.publicApi().callWithHeaders(operation, {
    ...opening,
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
    await api.call("signOut", { schema: z.unknown() });
  } catch (error) {
    // A session that the server no longer knows is as ended as it can be.
    if (!(error instanceof CliFailure && error.reason === "notSignedIn")) throw error;
  }
  await writeSession(context.sessionFile, context.server, null);
  context.print({ server: context.server }, () => `Signed out at ${context.server}.`);
}

async function whoami(context: Context): Promise<void> {
  const api = await context.api();
  const me = await api.call("whoAmI", { schema: meSchema });
  context.print(
    me,
    () =>
      `${me.user.name} <${me.user.email}>, ${me.role ?? "no role"} of ${me.workspace?.name ?? "no workspace"}, at ${context.server}`,
  );
}
