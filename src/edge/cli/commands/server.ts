import type { Register } from "../context.ts";
import { CliFailure } from "../exit.ts";

const roles = {
  serve: "run the whole server: dashboard, API and worker",
  api: "run the dashboard and the API alone",
  worker: "run the worker alone, which publishes",
};

const settings = `
Its settings are environment variables or a file .env in its folder; the most important ones:
  HOST, PORT      where to listen (127.0.0.1, 3000)
  PUBLIC_URL      the address that people and platforms use
  DATABASE_URL    your own PostgreSQL (default: an embedded one)
galley config check names every wrong or missing one.`;

/**
 * serve, api, worker: here for their help and for what is wrong after their names. A server is started
 * before the command line is read, since it needs none of it.
 */
export const serverCommands: Register = (program, action) => {
  for (const [name, description] of Object.entries(roles)) {
    program
      .command(name)
      .description(description)
      .addHelpText("after", settings)
      .action(
        action(() => {
          throw new CliFailure(
            "usage",
            `galley ${name} takes no options; its settings are variables: galley ${name} --help`,
          );
        }),
      );
  }
};
