import type { Accounts } from "#identity";
import type { Installation } from "#installation";
import { inspectConfig } from "#platform/config";
import type { Database } from "#platform/db";
import type { Context } from "./context.ts";
import { CliFailure } from "./exit.ts";

/** What a command on the machine works with: no server, no session, the database itself. */
type Machine = { accounts: Accounts; installation: Installation };

/**
 * Runs `work` on the database of the Galley in this folder, whether or not its server runs: who may read
 * its settings and its data folder owns it already. The built-in PostgreSQL is started where it does not
 * run, and stopped again.
 */
export async function onMachine<Result>(
  { io }: Context,
  work: (machine: Machine) => Promise<Result>,
): Promise<Result> {
  const { config } = inspectConfig(io.environment, io.folder);
  if (config === null) throw new CliFailure("failure", "The settings are wrong; see: galley config check");
  const { openDatabase, reachEmbeddedPostgres } = await import("#platform/db");
  const server =
    config.databaseUrl === null
      ? await reachEmbeddedPostgres(config.dataDir)
      : { url: config.databaseUrl, stop: () => Promise.resolve() };
  if (server === null) {
    const advice = "Run this in the folder where its server starts, with the same settings.";
    throw new CliFailure("notFound", `There is no Galley in ${config.dataDir}. ${advice}`);
  }
  const database = openDatabase({ url: server.url, poolSize: 2 });
  try {
    return await work(await composeMachine(database));
  } catch (error) {
    throw await asFailure(error);
  } finally {
    await database.close();
    await server.stop();
  }
}

async function composeMachine(database: Database): Promise<Machine> {
  const [{ compose }, { accountsFeature }, { installationFeature }] = await Promise.all([
    import("#platform/features"),
    import("#identity"),
    import("#installation"),
  ]);
  return compose({ database }, [accountsFeature, installationFeature]);
}

/** What Galley refuses on purpose, told as a refusal of the server would be. */
async function asFailure(error: unknown): Promise<unknown> {
  const { GalleyError } = await import("#kit");
  if (!(error instanceof GalleyError)) return error;
  const reason = error.kind === "not_found" ? "notFound" : "refused";
  return new CliFailure(reason, error.message, { code: error.code, problems: [...error.problems] });
}
