import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApi } from "../src/api.ts";
import { createFeatures } from "../src/features.ts";
import { createIdentity } from "#identity";
import { newId, permissions, roles, systemClock } from "#kit";
import { loadConfig } from "#platform/config";
import { createLogger } from "#platform/telemetry";
import type { App } from "#platform/wire";
import { can } from "#workspaces";
import { buildWorkspace } from "./builders.ts";
import { testPerson, type TestPerson } from "./app.ts";
import { testDatabase, type TestDatabase } from "./database.ts";
import { type Fixture, fixtures, furnish, type Ids, unknownIds } from "./tenants.fixtures.ts";

type Method = Parameters<TestPerson["call"]>[0];
type Operation = { name: string; method: Method; path: string; access: string };

let directory: string;
let test: TestDatabase;
let app: App;
let owner: TestPerson;
let colleague: TestPerson;
let stranger: TestPerson;
let theirs: Ids;
let operations: Operation[];

/** A person of the composed server; sessions are signed with the key that the server has. */
let person: (workspaceId: string, role: (typeof roles)[number]) => Promise<TestPerson>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-tenants-"));
  test = await testDatabase();
  const { database, url } = test;
  const settings = {
    GALLEY_MODE: "test",
    DATA_DIR: directory,
    DATABASE_URL: url,
    SANDBOX: "false",
    MAIL_CATCHER: "false",
  };
  const config = loadConfig(settings, directory);
  const key = randomBytes(32);
  const platforms = { sandbox: null, mailCatcher: null, stop: async () => undefined };
  const parts = {
    config,
    key,
    database,
    processId: newId(),
    platforms,
    log: createLogger({ logLevel: "silent" }),
  };
  const { server } = await createApi(parts, await createFeatures(parts));
  app = server;
  await app.ready();
  const identity = createIdentity({
    database,
    key: key.toString("base64"),
    publicUrl: config.publicUrl,
    clock: systemClock,
  });
  person = (workspaceId, role) => testPerson({ app, database, identity }, workspaceId, role);

  const [home, elsewhere] = [await buildWorkspace(database), await buildWorkspace(database)];
  owner = await person(home.id, "owner");
  colleague = await person(home.id, "editor");
  stranger = await person(elsewhere.id, "owner");
  theirs = await furnish(database, owner, colleague);
  operations = await readOperations();
});

afterAll(async () => {
  await app.close();
  await test.close();
  await rm(directory, { recursive: true });
});

async function readOperations(): Promise<Operation[]> {
  type Document = { paths: Record<string, Record<string, { description?: string; security?: object[] }>> };
  const { paths } = (await app.inject("/openapi.json")).json<Document>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { description = "", security }]) => {
      const short = path.replace("/api/v1", "");
      const permission = permissions.find((name) => description.includes(`\`${name}\``));
      return {
        name: `${method.toUpperCase()} ${short}`,
        method: method.toUpperCase() as Method,
        path: short,
        access: permission ?? (security === undefined ? "public" : "session"),
      };
    }),
  );
}

function requestOf({ name, path }: Operation, ids: Ids): { path: string; body?: unknown } | null {
  const fixture: Fixture | undefined = fixtures[name];
  if (fixture === undefined || !("names" in fixture)) return null;
  return { path, ...fixture.names(ids) };
}

/** An answer without what differs from call to call: the request's id and the ids that it named. */
function told(answer: { status: number; body: unknown }, ids: Ids): string {
  let text = `${answer.status} ${JSON.stringify(answer.body)}`.replace(/"requestId":"[^"]*"/, "");
  for (const [kind, id] of Object.entries(ids)) text = text.replaceAll(id, `<${kind}>`);
  // What was made by the call itself.
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

describe("every route", () => {
  it("has a fixture, and every fixture a route", () => {
    const served = operations.map(({ name }) => name);
    expect(served.filter((name) => !(name in fixtures))).toEqual([]);
    expect(served.length).toBeGreaterThan(40);
  });

  it("answers another tenant's ids exactly like ids that nothing has", async () => {
    for (const operation of operations) {
      const unknown = unknownIds();
      const [probe, control] = [requestOf(operation, theirs), requestOf(operation, unknown)];
      if (probe === null || control === null) continue;
      const real = await stranger.call(operation.method, probe.path, probe.body);
      const none = await stranger.call(operation.method, control.path, control.body);
      expect(`${operation.name} ${told(real, theirs)}`).toBe(`${operation.name} ${told(none, unknown)}`);
      expect(`${operation.name} ${real.status}`).not.toMatch(/ 5\d\d$/);
    }
  });

  it("lists nothing of another tenant", async () => {
    const secrets = [...Object.values(theirs), owner.workspaceId, owner.userId, owner.email, "ecret"];
    for (const fixture of Object.values(fixtures)) {
      if (!("lists" in fixture)) continue;
      const answer = await stranger.call("GET", fixture.lists);
      if (answer.status === 404) continue;
      expect(`${fixture.lists} ${answer.status}`).toBe(`${fixture.lists} 200`);
      for (const secret of secrets) expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  });

  it("answers a session in another tenant's workspace like one in none", async () => {
    for (const operation of operations) {
      if (["public", "session"].includes(operation.access)) continue;
      const { path } = requestOf(operation, theirs) ?? { path: operation.path };
      const answers = [];
      for (const id of [owner.workspaceId, newId()]) {
        const answer = await stranger.call(operation.method, path, undefined, { "galley-workspace": id });
        answers.push(told(answer, theirs));
      }
      expect(`${operation.name} ${answers[0]}`).toBe(`${operation.name} ${answers[1]}`);
      expect(answers[0]).toMatch(/^404 .*http\.no_workspace/);
    }
  });

  it("needs a session, unless it is public", async () => {
    for (const operation of operations.filter(({ access }) => access !== "public")) {
      const { path } = requestOf(operation, theirs) ?? { path: operation.path };
      const answer = await app.inject({ method: operation.method, url: `/api/v1${path}` });
      expect(`${operation.name} ${answer.statusCode}`).toBe(`${operation.name} 401`);
    }
  });

  it("is open to exactly the roles that have its permission", async () => {
    const unknown = unknownIds();
    for (const role of roles) {
      const member = await person(owner.workspaceId, role);
      for (const operation of operations) {
        const permission = permissions.find((name) => name === operation.access);
        if (permission === undefined) continue;
        const { path } = requestOf(operation, unknown) ?? { path: operation.path };
        const answer = await member.call<{ code?: string }>(operation.method, path);
        const isRefused = answer.status === 403 && answer.body?.code === "http.forbidden";
        expect(`${role} ${operation.name} ${isRefused}`).toBe(
          `${role} ${operation.name} ${!can(role, permission)}`,
        );
      }
    }
  });

  // Last: these calls change and remove the fixtures.
  it("finds the same ids for their owner, so that the fixtures are real", async () => {
    const order: Method[] = ["GET", "PUT", "PATCH", "POST", "DELETE"];
    const ordered = operations.toSorted(
      (left, right) => order.indexOf(left.method) - order.indexOf(right.method),
    );
    for (const operation of ordered) {
      const request = requestOf(operation, theirs);
      if (request === null) continue;
      const caller = operation.path.startsWith("/sessions") ? colleague : owner;
      const answer = await caller.call(operation.method, request.path, request.body);
      expect(`${operation.name} ${answer.status}`).not.toBe(`${operation.name} 404`);
    }
  });
});
