import { join } from "node:path";
import type { LightMyRequestResponse } from "fastify";
import type { AddressParts } from "#contract";
import type { AccountMail, Identity } from "#identity";
import type { Clock, Role } from "#kit";
import { newId } from "#kit";
import type { Database } from "#platform/db";
import { append } from "#platform/events";
import { apiPartsOf } from "#platform/features";
import { createMetrics, type Metrics } from "#platform/metrics";
import { createSecurityLog, type SecurityLog } from "#platform/security-log";
import { createLogger, type Logger } from "#platform/telemetry";
import type { App } from "#platform/wire";
import { createFeatures, features, type Features } from "../../src/app/features.ts";
import type { Services } from "../../src/app/services.ts";
import { createServer, type ServerOptions } from "../../src/edge/http/index.ts";
import { memberJoined } from "../../src/workspaces/events.ts";
import { type BodyOf, rawPath, requestOf, type Sent, type TestOperation } from "./calls.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { testOrigin, testServices } from "./services.ts";

export { testOrigin };

type Request = { method: Method; url: string; body?: unknown; headers?: Headers | undefined };
type Refusal = { code?: string } | null;
type Answer<Body> = { status: number; headers: Record<string, unknown>; body: Body };
type Headers = Record<string, string>;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A signed-in person of a test, in one workspace. */
export type TestPerson = {
  userId: string;
  email: string;
  workspaceId: string;
  /** The value for `Authorization: Bearer`. */
  bearer: string;
  /** The value for `Cookie`, of the same session. */
  cookie: string;
  /** Calls an operation of the API as this person; `body` is sent as JSON. */
  call: <Id extends TestOperation>(operation: Id, ...given: Sent<Id>) => Promise<Answer<BodyOf<Id>>>;
  /** The same with the answer as it travels: compressed where asked, and of any type. */
  raw: <Id extends TestOperation>(operation: Id, ...given: Sent<Id>) => Promise<LightMyRequestResponse>;
  /** Calls `/api/v1${path}`: for tests that go through all routes, and for paths that no route has. */
  callPath: (method: Method, path: string, body?: unknown, headers?: Headers) => Promise<Answer<Refusal>>;
};

export type TestApp = {
  app: App;
  url: string;
  database: Database;
  securityLog: SecurityLog;
  /** Every feature, made of `testServices`, whether or not its routes are served. */
  features: Features;
  /** The owner of a new workspace. */
  owner: () => Promise<TestPerson>;
  /** A new person with a role in the workspace of `beside`. */
  member: (beside: TestPerson, role: Role) => Promise<TestPerson>;
  close: () => Promise<void>;
};

/** Keeps every rule of the password policy. */
export const testPassword = "seven quiet herons wade";
/** With an address of this machine alone, where callers on it count as such. */
export const ownMachine = { publicUrl: "http://localhost" };

const client = { address: "127.0.0.1", userAgent: "test" };

type FeatureName = (typeof features)[number]["name"];

export type TestAppOptions = {
  /** The features whose routes are served beside those of people, the installation and workspaces. */
  serves?: readonly FeatureName[];
  /** What the features are made of instead of what `testServices` gives. */
  services?: Partial<Services> | ((database: Database) => Partial<Services>);
  /** Adds routes of the test's own below `/api/v1`. */
  register?: (app: App, features: Features) => void | Promise<void>;
  /** The same outside the versioned API. */
  registerOutside?: (app: App) => void | Promise<void>;
  options?: Partial<ServerOptions>;
  clock?: Clock;
  logger?: Logger;
  metrics?: Metrics;
  /** How people are mailed; default: not at all. */
  mail?: AccountMail;
  /** Another way to a test database; it is closed with the app. */
  through?: TestDatabase;
};

/** The composed server on a database of its own, to be called with `inject`. Close it in `afterAll`. */
export async function testApp(given: TestAppOptions = {}): Promise<TestApp> {
  const { serves = [], services = {}, register, options, clock, through, mail } = given;
  const logger = given.logger ?? createLogger({ logLevel: "silent" });
  const { database, url, close } = through ?? (await testDatabase());
  const publicUrl = options?.publicUrl ?? testOrigin;
  const made = createFeatures(
    testServices({
      database,
      publicUrl,
      ...(clock && { clock }),
      ...mail,
      ...(typeof services === "function" ? services(database) : services),
    }),
  );
  const served = new Set<FeatureName>(["identity", "installation", "workspaces", ...serves]);
  const parts = await apiPartsOf(features, made, { only: served });
  const metrics = given.metrics ?? createMetrics();
  const count = (event: string) => metrics.securityEvents.inc({ event });
  const securityLog = createSecurityLog({ database, log: logger, count });
  const { identity, installation } = made;
  const app = await createServer({
    options: {
      publicUrl,
      redisUrl: null,
      requestsPerMinute: 100_000,
      trustProxy: false,
      // No build lies here: what the pages look like is for the browser tests.
      dashboardDirectory: join(import.meta.dirname, "../fixtures"),
      version: "0.0.0",
      ...options,
    },
    logger,
    metrics,
    securityLog,
    database,
    clock: made.clock,
    identity,
    installation,
    health: {
      ready: async () => ({ ready: true, checks: {} }),
      metrics: async () => ({ contentType: "text/plain", text: "" }),
    },
    register: async (api) => {
      for (const part of parts) await part.routes?.(api);
      await register?.(api, made);
    },
    registerOutside: async (outside) => {
      for (const part of parts) await part.outside?.(outside);
      await given.registerOutside?.(outside);
    },
  });
  await app.ready();

  return {
    app,
    securityLog,
    url,
    database,
    features: made,
    owner: async () => {
      const workspaceId = newId();
      await database.system
        .insertInto("workspaces")
        .values({ id: workspaceId, name: "The Daily Test", time_zone: "Europe/Berlin", grace_seconds: 7_200 })
        .execute();
      return testPerson({ app, database, identity }, workspaceId, "owner");
    },
    member: (beside, role) => testPerson({ app, database, identity }, beside.workspaceId, role),
    close: async () => {
      await app.close();
      await close();
    },
  };
}

/** Parsed where it is JSON; a file stays text. */
function bodyOf(text: string, contentType: string): unknown {
  if (contentType.startsWith("text/")) return text;
  return text === "" ? null : JSON.parse(text);
}

/** The caller knows what was asked for, and by that the type of the answer. */
function answerOf<Body>(response: LightMyRequestResponse): Answer<Body> {
  const body = bodyOf(response.body, String(response.headers["content-type"])) as Body;
  return { status: response.statusCode, headers: response.headers, body };
}

function requested<Id extends TestOperation>(operation: Id, [given]: Sent<Id>): Request {
  const { params, query, body, headers } = (given ?? {}) as AddressParts & Partial<Request>;
  return { ...requestOf(operation, { params, query }), body, headers };
}

/** Makes a person with a role in a workspace and a session, to call any composed server with. */
export async function testPerson(
  { app, database, identity }: Pick<TestApp, "app" | "database"> & { identity: Identity },
  workspaceId: string,
  role: Role,
): Promise<TestPerson> {
  const email = `${newId()}@example.test`;
  const session = await database.system.transaction().execute(async (tx) => {
    const made = await identity.createUser(tx, { name: "Robin Page", email, password: testPassword }, client);
    await tx
      .insertInto("members")
      .values({ workspace_id: workspaceId, user_id: made.userId, role })
      .execute();
    const joined = { targetId: made.userId, data: { role, invitationId: newId() } };
    await append(tx, memberJoined, { actor: { kind: "system", workspaceId }, ...joined });
    return made;
  });
  const cookie = session.cookies[0]?.split(";")[0] ?? "";
  function send({ body, headers, ...request }: Request) {
    return app.inject({
      ...request,
      headers: { authorization: `Bearer ${session.bearer}`, "galley-workspace": workspaceId, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
  }
  return {
    userId: session.userId,
    email,
    workspaceId,
    bearer: session.bearer,
    cookie,
    call: async (operation, ...given) => answerOf(await send(requested(operation, given))),
    raw: (operation, ...given) => send(requested(operation, given)),
    callPath: async (method, path, body, headers) =>
      answerOf(await send({ method, url: rawPath(path), body, headers })),
  };
}
