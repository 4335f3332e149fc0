import type { Command } from "commander";
import { z } from "zod";
import { cliEnvironment } from "#platform/config";
import type { Api } from "./api.ts";
import { createApi } from "./api.ts";
import { CliFailure } from "./exit.ts";
import { type CliIo, say, sayJson } from "./io.ts";
import { readSession } from "./session-file.ts";

/** What a command works with. */
export type Context = {
  io: CliIo;
  server: string;
  sessionFile: string;
  json: boolean;
  /** As the signed-in person. Throws exit code 3 where nobody is signed in. */
  api(): Promise<Api>;
  /** Without a session: set-up, sign-in, health. */
  publicApi(): Api;
  /** The result of a command: JSON with --json, else the words. */
  print(value: unknown, words: () => string): void;
  /** What a person may want to know beside the result; silent with --json. */
  note(words: string): void;
};

/** What a command does. `command.args` holds the arguments, `command.opts()` the options. */
export type Action = (context: Context, command: Command) => Promise<void>;

/** Adds commands to the program; `action` turns an `Action` into what commander calls. */
export type Register = (
  program: Command,
  action: (run: Action) => (...values: unknown[]) => Promise<void>,
) => void;

const sharedSchema = z.object({
  json: z.boolean().default(false),
  server: z.url({ protocol: /^https?$/ }).optional(),
  workspace: z.string().optional(),
});

/** The context of a command from the shared options. */
export function contextOf(io: CliIo, command: Command): Context {
  const shared = sharedSchema.safeParse(command.optsWithGlobals());
  if (!shared.success)
    throw new CliFailure("usage", "--server takes an address such as https://galley.example.com");
  const { json, workspace = null } = shared.data;
  const environment = cliEnvironment(io.environment);
  const server = checkedServer(shared.data.server ?? environment.server);
  return {
    io,
    server,
    sessionFile: environment.sessionFile,
    json,
    publicApi: () => createApi({ server, token: null, workspace: null }),
    async api() {
      const token = environment.token ?? (await readSession(environment.sessionFile, server))?.token ?? null;
      if (token === null) {
        const advice =
          "Sign in with: galley login --email you@example.com (or galley init on a new installation)";
        throw new CliFailure("notSignedIn", `You are not signed in at ${server}. ${advice}`);
      }
      return createApi({ server, token, workspace });
    },
    print(value, words) {
      if (json) sayJson(io.stdout, value, 2);
      else say(io.stdout, `${words()}\n`);
    },
    note(words) {
      if (!json) say(io.stderr, `${words}\n`);
    },
  };
}

function checkedServer(server: string): string {
  const url = URL.parse(server);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new CliFailure(
    "usage",
    `"${server}" is no address of a server; use one such as http://127.0.0.1:3000`,
  );
}
