import Fastify from "fastify";
import { sessionCookieName } from "#identity/routes";
import { type App, type Contract, serve } from "#platform/wire";
import { everyContract } from "../../contract/every.ts";
import { describeApi } from "./openapi.ts";

/** The description of the API as a server at `publicUrl` gives it, from the contracts alone: no server, no database. */
export async function describeContracts(options: { version: string; publicUrl: string }): Promise<object> {
  const app = Fastify();
  // Nothing is ever called here.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  const contract: Contract = everyContract;
  const handlers = Object.fromEntries(Object.keys(contract).map((id) => [id, () => undefined]));
  await describeApi(app, { ...options, cookieName: sessionCookieName(options.publicUrl) });
  await app.register(async (api) => serve(api.withTypeProvider() as App, contract, handlers), {
    prefix: "/api/v1",
  });
  await app.ready();
  return app.swagger();
}
