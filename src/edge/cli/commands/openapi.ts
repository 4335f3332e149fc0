import { inspectConfig } from "#platform/config";
import type { Context, Register } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { sayJson } from "../io.ts";

/** openapi: the description of the API, from this program alone. */
export const openapiCommands: Register = (program, action) => {
  program
    .command("openapi")
    .description("print the description of the API (OpenAPI 3.1), without a server and without a database")
    .addHelpText(
      "after",
      "\nIt is what a server answers at /openapi.json, with the PUBLIC_URL of the settings in this folder.",
    )
    .action(action(printDescription));
};

async function printDescription({ io }: Context): Promise<void> {
  const { config } = inspectConfig(io.environment, io.folder);
  if (config === null) throw new CliFailure("failure", "The settings are wrong; see: galley config check");
  sayJson(io.stdout, await io.describeApi(config.publicUrl), 2);
}
