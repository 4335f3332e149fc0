import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiRoot } from "#contract";
import { newId, permissions, type Role } from "#kit";
import { loadConfig } from "#platform/config";
import { createLogger } from "#platform/telemetry";
import type { App } from "#platform/wire";
import { createApi } from "../../src/app/api.ts";
import { createFeatures, type Features } from "../../src/app/features.ts";
import { createServices } from "../../src/app/services.ts";
import { testPerson, type TestPerson } from "../support/app.ts";
import { buildWorkspace } from "../support/builders.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { type Fixture, fixtures, furnish, type Ids, type Sent } from "./tenants.fixtures.ts";

export type Method = Parameters<TestPerson["callPath"]>[0];
/** `access` as a route declares it: `public`, `session`, `installation` or a permission. */
export type Operation = { name: string; method: Method; path: string; access: string };

/** The composed server with two tenants: `owner`, also admin of the installation, and `stranger`. */
export type Tenants = {
  app: App;
  test: TestDatabase;
  features: Features;
  operations: Operation[];
  owner: TestPerson;
  colleague: TestPerson;
  /** The owner of another workspace. */
  stranger: TestPerson;
  /** What the workspace of `owner` has, one of each kind. */
  theirs: Ids;
  /** A new person of the composed server; sessions are signed with the key that the server has. */
  person: (workspaceId: string, role: Role) => Promise<TestPerson>;
  close: () => Promise<void>;
};

/** `extend` adds routes below `/api/v1` before the server is ready, for a fault that a test plants. */
export async function startTenants(extend?: (app: App, features: Features) => void): Promise<Tenants> {
  const directory = await mkdtemp(join(tmpdir(), "galley-tenants-"));
  const test = await testDatabase();
  const { database, url } = test;
  const settings = {
    GALLEY_MODE: "test",
    DATA_DIR: directory,
    DATABASE_URL: url,
    SANDBOX: "false",
    MAIL_CATCHER: "false",
    REQUESTS_PER_MINUTE: "100000",
  };
  const config = loadConfig(settings, directory);
  const key = randomBytes(32);
  const parts = {
    config,
    key,
    database,
    databaseUrl: url,
    processId: newId(),
    platforms: { sandbox: null, mailCatcher: null, stop: async () => undefined },
    log: createLogger({ logLevel: "silent" }),
  };
  const features = createFeatures(await createServices(parts));
  const { server: app } = await createApi(parts, features);
  extend?.(app, features);
  await app.ready();
  const { identity } = features;
  const person = (workspaceId: string, role: Role) =>
    testPerson({ app, database, identity }, workspaceId, role);

  const [home, elsewhere] = [await buildWorkspace(database), await buildWorkspace(database)];
  const owner = await person(home.id, "owner");
  const colleague = await person(home.id, "editor");
  const stranger = await person(elsewhere.id, "owner");
  await database.system
    .insertInto("installation_admins")
    .values([{ user_id: owner.userId }, { user_id: colleague.userId }])
    .execute();
  return {
    app,
    test,
    features,
    operations: await readOperations(app),
    owner,
    colleague,
    stranger,
    theirs: await furnish(database, owner, colleague),
    person,
    close: async () => {
      await app.close();
      await test.close();
      await rm(directory, { recursive: true });
    },
  };
}

type Described = { description?: string; security?: object[] };

async function readOperations(app: App): Promise<Operation[]> {
  const { paths } = (await app.inject("/openapi.json")).json<{
    paths: Record<string, Record<string, Described>>;
  }>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const short = path.replace(apiRoot, "");
      return {
        name: `${method.toUpperCase()} ${short}`,
        method: method.toUpperCase() as Method,
        path: short,
        access: accessOf(described),
      };
    }),
  );
}

function accessOf({ description = "", security }: Described): string {
  const permission = permissions.find((name) => description.includes(`\`${name}\``));
  if (permission !== undefined) return permission;
  if (security?.length === 0) return "public";
  return description === "For admins of the installation." ? "installation" : "session";
}

/** What names things of a tenant in a call of this route; null where it names none. */
export function requestOf({ name, path }: Operation, ids: Ids): (Sent & { path: string }) | null {
  const fixture: Fixture | undefined = fixtures[name];
  if (fixture === undefined || !("names" in fixture)) return null;
  return { path, ...fixture.names(ids) };
}

/** A call of any route: with the ids of a tenant where it takes some, else as its caller would send it. */
export function anyRequestOf(operation: Operation, ids: Ids): (Sent & { path: string }) | null {
  const fixture: Fixture | undefined = fixtures[operation.name];
  if (fixture !== undefined && "lists" in fixture) return { path: fixture.lists };
  if (fixture !== undefined && "own" in fixture && fixture.sent) {
    return { path: operation.path, ...fixture.sent };
  }
  return requestOf(operation, ids);
}
