import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../src/edge/cli/index.ts";
import { describeContracts } from "../../src/edge/http/docs/describe.ts";
import { testApp, testPassword } from "../support/app.ts";
import { buildUser } from "../support/builders.ts";
import { requestOf } from "../support/calls.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { handleEvents } from "../support/events.ts";

// Commands that reach the database themselves: no server runs here, and nobody is signed in.

let folder: string;
let db: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "galley-machine-"));
  db = await testDatabase();
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true });
});

type Outcome = { code: number; out: string; err: string };

async function run(argv: string[], { input = "", environment = {} } = {}): Promise<Outcome> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const settings = { DATABASE_URL: db.url, XDG_CONFIG_HOME: folder, ...environment };
  const code = await runCli(argv, {
    stdin,
    stdout,
    stderr,
    environment: settings,
    folder,
    version: "0.0.0",
    describeApi: (publicUrl) => describeContracts({ version: "0.0.0", publicUrl }),
  });
  return { code, out: String(stdout.read() ?? ""), err: String(stderr.read() ?? "") };
}

test("admins of the installation are named, listed and removed, the last one never", async () => {
  const first = await buildUser(db.database, { email: "first@example.test" });
  await buildUser(db.database, { email: "second@example.test" });
  expect((await run(["admin", "add", "First@Example.test"])).out).toContain("first@example.test");
  expect((await run(["admin", "add", "second@example.test"])).out).toContain("second@example.test");
  expect(await run(["admin", "add", "nobody@example.test"])).toMatchObject({
    code: 4,
    err: expect.stringContaining("Nobody here has an account"),
  });
  expect((await run(["admin", "remove", "second@example.test"])).out).not.toContain("second");
  expect(await run(["admin", "remove", "first@example.test"])).toMatchObject({
    code: 5,
    err: expect.stringContaining("needs an admin"),
  });
  const list = await run(["admin", "--json"]);
  expect(JSON.parse(list.out)).toMatchObject({ items: [{ email: "first@example.test" }] });
  await handleEvents(db.database);
  const events = await db.database.system
    .selectFrom("installation_events")
    .select(["actor_kind", "action", "target_id"])
    .orderBy("id")
    .execute();
  expect(events).toHaveLength(3);
  expect(events[0]).toEqual({
    actor_kind: "machine",
    action: "installation.admin_added",
    target_id: first.id,
  });
});

test("somebody who is locked out is let in again, with the same or with a new password", async () => {
  const app = await testApp({ through: { ...db, close: async () => undefined } });
  const person = await app.owner();
  const { email } = person;
  let calls = 0;
  async function signIn(password: string): Promise<number> {
    calls += 1;
    const payload = { email, password };
    const from = { ...requestOf("signIn"), remoteAddress: `10.0.0.${calls}` };
    return (await app.app.inject({ payload, ...from })).statusCode;
  }
  for (let time = 0; time < 10; time += 1) await signIn("a wrong password");
  expect(await signIn(testPassword)).toBe(401);
  expect(await run(["user", "unlock", email.toUpperCase()])).toMatchObject({
    code: 0,
    out: expect.stringContaining("may sign in again"),
  });
  expect(await signIn(testPassword)).toBe(201);

  for (let time = 0; time < 10; time += 1) await signIn("a wrong password");
  const weak = await run(["user", "reset-password", email], { input: "short\n" });
  expect([weak.code, weak.err]).toEqual([5, expect.stringContaining("at least 15 characters")]);
  const another = "nine brown otters dive at dawn";
  expect((await run(["user", "reset-password", email], { input: `${another}\n` })).code).toBe(0);
  expect((await person.call("whoAmI")).status).toBe(401);
  expect([await signIn(testPassword), await signIn(another)]).toEqual([401, 201]);
  expect((await run(["user", "unlock", "nobody@example.test"])).code).toBe(4);
  await app.app.close();
}, 90_000);

test("a folder without a Galley is told", async () => {
  const environment = { DATABASE_URL: undefined, DATA_DIR: path.join(folder, "nothing") };
  const { code, err } = await run(["admin", "list"], { environment });
  expect([code, err]).toEqual([4, expect.stringContaining("There is no Galley in")]);
});
