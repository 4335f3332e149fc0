import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./sources.ts";

/** What the command line takes from the environment. */
type CliEnvironment = {
  /** `GALLEY_SERVER`, else the server of this machine on its usual port. */
  server: string;
  /** `GALLEY_TOKEN`: signed in without a stored session. */
  token: string | null;
  /** Where sessions are kept, under the folder for settings of programs. */
  sessionFile: string;
};

/** Reads the few variables of the command line; the settings of a server are `loadConfig`'s. */
export function cliEnvironment(environment: Environment): CliEnvironment {
  const port = environment["PORT"] ?? "";
  const folder = environment["XDG_CONFIG_HOME"] || environment["APPDATA"] || join(homedir(), ".config");
  return {
    // A wrong PORT is for `config check` to tell, which must run to tell it.
    server: environment["GALLEY_SERVER"] || `http://127.0.0.1:${/^\d+$/.exec(port)?.[0] ?? "3000"}`,
    token: environment["GALLEY_TOKEN"] || null,
    sessionFile: join(folder, "galley", "sessions.json"),
  };
}
