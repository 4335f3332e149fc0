import { Command } from "commander";
import { accountCommands } from "./commands/account.ts";
import { adminCommands } from "./commands/admin.ts";
import { appCommands } from "./commands/apps.ts";
import { channelCommands } from "./commands/channels.ts";
import { deliveryCommands } from "./commands/deliveries.ts";
import { doctorCommands } from "./commands/doctor.ts";
import { draftCommands } from "./commands/draft.ts";
import { importCommands } from "./commands/import.ts";
import { needsCommands } from "./commands/needs.ts";
import { openapiCommands } from "./commands/openapi.ts";
import { peopleCommands } from "./commands/people.ts";
import { postCommands } from "./commands/posts.ts";
import { publishCommands } from "./commands/publish.ts";
import { quarantineCommands } from "./commands/quarantine.ts";
import { seriesCommands } from "./commands/series.ts";
import { serverCommands } from "./commands/server.ts";
import { settingCommands } from "./commands/settings.ts";
import { siteCommands } from "./commands/site.ts";
import { slotCommands } from "./commands/slots.ts";
import { usageCommands } from "./commands/usage.ts";
import { userCommands } from "./commands/user.ts";
import type { Action } from "./context.ts";
import { contextOf } from "./context.ts";
import { exitCodeHelp } from "./exit.ts";
import { type CliIo, say } from "./io.ts";

/** The whole command line. It writes to `io` alone and throws instead of ending the process. */
export function createProgram(io: CliIo): Command {
  const program = new Command("galley")
    .version(io.version, "--version", "print the version")
    .description("Draft from your material, approve, and publish exactly once.")
    .option("--server <url>", "the server (default: GALLEY_SERVER or http://127.0.0.1:3000)")
    .option("--workspace <id>", "the workspace (default: your first)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", exitCodeHelp)
    .showHelpAfterError("(galley help shows all commands)")
    .configureOutput({ writeOut: (text) => say(io.stdout, text), writeErr: (text) => say(io.stderr, text) })
    .exitOverride();
  // Commander passes the command itself as the last value.
  const action =
    (run: Action) =>
    async (...values: unknown[]) => {
      const command = values.at(-1);
      if (command instanceof Command) await run(contextOf(io, command), command);
    };
  const groups = [
    accountCommands,
    needsCommands,
    draftCommands,
    postCommands,
    publishCommands,
    deliveryCommands,
    importCommands,
    seriesCommands,
    slotCommands,
    channelCommands,
    siteCommands,
    appCommands,
    peopleCommands,
    usageCommands,
    doctorCommands,
    quarantineCommands,
    adminCommands,
    userCommands,
    settingCommands,
    openapiCommands,
    serverCommands,
  ];
  for (const register of groups) register(program, action);
  return program;
}
